using System.Text.Json.Nodes;
using Hearth.Chart.Tests.Rendering;
using Hearth.Kubernetes.Crds;

namespace Hearth.Chart.Tests;

/// <summary>What the templates make of values. <c>HEARTH_UPDATE_GOLDEN=1</c> writes the files that these tests compare with.</summary>
public sealed class RenderingTests
{
    private static readonly bool Update = Environment.GetEnvironmentVariable("HEARTH_UPDATE_GOLDEN") == "1";

    [Theory]
    [InlineData("default")]
    [InlineData("dapr")]
    [InlineData("small")]
    public void Templates_WithValues_RenderAsReviewed(string set)
    {
        // The kinds and the dashboard are compared with their own source.
        var rendered = HelmChart.Render(HelmChart.Values(set)).Where(f => f.Key is not ("crds.yaml" or "dashboards.yaml")).Select(f => $"# {f.Key}\n{f.Value.Trim('\n')}\n");
        Compare(Path.Combine(HelmChart.Repository, "tests", "Chart", "Golden", set + ".yaml"), string.Join("---\n", rendered));
    }

    [Fact]
    public void Files_Always_AreTheDefinitionsOfTheRepository()
    {
        var files = Path.Combine(HelmChart.Folder, "files");
        foreach (var (name, text) in CrdManifests.All)
            Compare(Path.Combine(files, name), text);
        Assert.Equal(CrdManifests.All.Keys.Order(), Directory.EnumerateFiles(files).Select(Path.GetFileName).Order());
    }

    [Theory]
    [InlineData("default", true)]
    [InlineData("dapr", false)]
    public void Definitions_Rendered_AreThoseOfTheRepositoryAndKeptWhenAsked(string set, bool isKept)
    {
        var rendered = HelmChart.Objects(set).Where(o => (string)o["kind"]! == "CustomResourceDefinition").ToArray();
        Assert.Equal(CrdManifests.Definitions.Count, rendered.Length);
        foreach (var definition in CrdManifests.Definitions)
        {
            var expected = definition.DeepClone();
            if (isKept)
                expected["metadata"]!["annotations"] = new JsonObject { ["helm.sh/resource-policy"] = "keep" };
            var name = (string)definition["metadata"]!["name"]!;
            Assert.True(JsonNode.DeepEquals(expected, HelmChart.Find(rendered, "CustomResourceDefinition", name)), name);
        }
    }

    [Fact]
    public void Definitions_NotInstalled_AreLeftOut() =>
        Assert.DoesNotContain(HelmChart.Objects("small"), o => (string)o["kind"]! is "CustomResourceDefinition" or "WorkerPool");

    [Theory]
    [InlineData("{{ .Values.a }}", "1")]
    [InlineData("a  {{- /* not\nshown */ -}}  b", "ab")]
    [InlineData("{{ if .Values.no }}x{{ else if eq .Values.s \"text\" }}y{{ else }}z{{ end }}", "y")]
    [InlineData("{{ with .Values.map }}{{ .k }}{{ $.Values.a }}{{ else }}none{{ end }}", "v1")]
    [InlineData("{{ range $k, $v := .Values.map }}{{ $k }}={{ $v }};{{ end }}", "k=v;")]
    [InlineData("{{ range .Values.list }}[{{ . }}]{{ end }}", "[x][y]")]
    [InlineData("{{ define \"t\" }}<{{ .Values.s }}>{{ end }}{{ include \"t\" . | quote }}", "\"<text>\"")]
    [InlineData("{{ .Values.empty | default (printf \"%s-%v\" .Values.s 7) }}", "text-7")]
    [InlineData("m:{{ toYaml .Values.map | nindent 2 }}", "m:\n  k: v")]
    [InlineData("{{ and .Values.a .Values.no }}{{ or .Values.empty .Values.s }}{{ not .Values.no }}", "falsetexttrue")]
    [InlineData("{{ if gt (int .Values.a) 0 }}more{{ end }}", "more")]
    public void Render_SubsetOfGoTemplates_GivesWhatHelmGives(string template, string expected) => Assert.Equal(expected, Render(template));

    [Theory]
    [InlineData("{{ .Values.typo }}", "typo")]
    [InlineData("{{ .Values.map }}", "scalar")]
    [InlineData("{{ lookup \"v1\" }}", "lookup")]
    [InlineData("{{ if .Values.a }}", "end")]
    [InlineData("{{ end }}", "end")]
    [InlineData("{{ $x := 1 }}", ":=")]
    [InlineData("{{ .Values.a", "closed")]
    public void Render_OutsideTheSubset_IsRefused(string template, string reason) =>
        Assert.Contains(reason, Assert.Throws<TemplateException>(() => Render(template)).Message, StringComparison.Ordinal);

    private static string Render(string template)
    {
        var values = JsonNode.Parse("""{"a":1,"no":false,"s":"text","empty":"","map":{"k":"v"},"list":["x","y"]}""");
        var renderer = new TemplateRenderer(new() { ["Values"] = values }, new Dictionary<string, string>());
        return renderer.Render(renderer.Load(template));
    }

    private static void Compare(string path, string actual)
    {
        if (Update)
            File.WriteAllText(path, actual);
        Assert.Equal(File.ReadAllText(path), actual);
    }
}
