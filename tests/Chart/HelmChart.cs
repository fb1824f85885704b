using System.Text.Json.Nodes;
using Hearth.Chart.Tests.Rendering;
using Hearth.Cli.Manifests;

namespace Hearth.Chart.Tests;

/// <summary>The chart as Helm sees it.</summary>
internal static class HelmChart
{
    public const string Release = "hearth";
    public const string Namespace = "hearth-system";

    /// <summary>Folder of the repository.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>Folder of the chart.</summary>
    public static string Folder { get; } = Path.Combine(Repository, "charts", "hearth");

    /// <summary>The values of the chart with those of a file in <c>tests/Chart/Values</c> over them; none for "default".</summary>
    public static JsonObject Values(string set = "default")
    {
        var values = ReadYaml(Path.Combine(Folder, "values.yaml"));
        return set == "default" ? values : Merge(values, ReadYaml(Path.Combine(Repository, "tests", "Chart", "Values", set + ".yaml")));
    }

    /// <summary>The rendered files by name, those that hold nothing left out.</summary>
    public static IReadOnlyDictionary<string, string> Render(JsonObject values)
    {
        var renderer = new TemplateRenderer(Root(values), ReadFiles());
        var templates = Directory.EnumerateFiles(Path.Combine(Folder, "templates")).Order(StringComparer.Ordinal)
            .ToDictionary(path => Path.GetFileName(path), path => Within(path, () => renderer.Load(File.ReadAllText(path))));
        return templates
            .ToDictionary(t => t.Key, t => Within(t.Key, () => renderer.Render(t.Value)))
            .Where(t => !string.IsNullOrWhiteSpace(t.Value))
            .ToDictionary();
    }

    /// <summary>The objects that <c>helm install</c> would send.</summary>
    public static IReadOnlyList<JsonObject> Objects(string set = "default") =>
        [.. Render(Values(set)).Where(f => f.Key.EndsWith(".yaml", StringComparison.Ordinal)).SelectMany(f => YamlJson.Read(f.Value, f.Key))];

    /// <summary>The object of a kind and name.</summary>
    public static JsonObject Find(IEnumerable<JsonObject> objects, string kind, string name) =>
        Assert.Single(objects, o => (string)o["kind"]! == kind && (string)o["metadata"]!["name"]! == name);

    private static JsonObject Root(JsonObject values)
    {
        var about = ReadYaml(Path.Combine(Folder, "Chart.yaml"));
        return new()
        {
            ["Values"] = values.DeepClone(),
            ["Release"] = new JsonObject { ["Name"] = Release, ["Namespace"] = Namespace, ["Service"] = "Helm" },
            ["Chart"] = new JsonObject { ["Name"] = (string)about["name"]!, ["Version"] = (string)about["version"]!, ["AppVersion"] = (string)about["appVersion"]! },
        };
    }

    private static Dictionary<string, string> ReadFiles() => new[] { "dashboards", "files" }
        .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Folder, folder)))
        .ToDictionary(path => Path.GetRelativePath(Folder, path), File.ReadAllText);

    private static JsonObject ReadYaml(string path) => Assert.Single(YamlJson.Read(File.ReadAllText(path), path));

    /// <summary>Helm's rule: maps are merged, everything else replaced.</summary>
    private static JsonObject Merge(JsonObject under, JsonObject over)
    {
        foreach (var (key, value) in over)
            under[key] = under[key] is JsonObject below && value is JsonObject above ? Merge((JsonObject)below.DeepClone(), above) : value?.DeepClone();
        return under;
    }

    private static T Within<T>(string file, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (TemplateException e)
        {
            throw new TemplateException($"{file}: {e.Message}");
        }
    }

    private static string FindRepository()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Operator.sln")))
            directory = directory.Parent ?? throw new InvalidOperationException($"no Operator.sln above \"{AppContext.BaseDirectory}\"");
        return directory.FullName;
    }
}
