using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Hearth.Chart.Tests;

/// <summary>Grafana's dashboard: it comes with the chart as it is, and reads only what Hearth measures.</summary>
public sealed partial class DashboardTests
{
    private static readonly string Text = File.ReadAllText(Path.Combine(HelmChart.Folder, "dashboards", "hearth.json"));

    [Fact]
    public void Dashboard_Enabled_IsAConfigMapWithTheFile()
    {
        var map = HelmChart.Find(HelmChart.Objects("dapr"), "ConfigMap", "hearth-dashboard");

        Assert.Equal("1", (string)map["metadata"]!["labels"]!["grafana_dashboard"]!);
        Assert.Equal(Text, (string)map["data"]!["hearth.json"]!);
    }

    [Fact]
    public void Dashboard_ByDefault_IsLeftOut() => Assert.DoesNotContain(HelmChart.Objects(), o => (string)o["kind"]! == "ConfigMap");

    [Fact]
    public void Queries_Always_NameInstrumentsThatExist()
    {
        var instruments = Directory.EnumerateFiles(Path.Combine(HelmChart.Repository, "src"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => InstrumentName().Matches(File.ReadAllText(file))).Select(match => match.Groups[1].Value).ToHashSet();
        var asked = Queries().SelectMany(query => MetricName().Matches(query)).Select(match => match.Value).ToHashSet();

        Assert.NotEmpty(asked);
        Assert.All(asked, name => Assert.True(instruments.Contains(name) || instruments.Contains(HistogramPart().Replace(name, "")), name));
    }

    /// <summary>Whoever adds one of Hearth's own metrics decides where it is seen.</summary>
    [Fact]
    public void Queries_Always_ShowEveryMetricOfHearth()
    {
        var own = Directory.EnumerateFiles(Path.Combine(HelmChart.Repository, "src"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => InstrumentName().Matches(File.ReadAllText(file))).Select(match => match.Groups[1].Value)
            .Where(name => name.StartsWith("hearth_", StringComparison.Ordinal) && name is not "hearth_worker_assignment_seconds");
        var asked = string.Join('\n', Queries());

        Assert.All(own, name => Assert.Contains(name, asked, StringComparison.Ordinal));
    }

    [Fact]
    public void Panels_Always_HaveTheirOwnIdAndPlace()
    {
        var panels = JsonNode.Parse(Text)!["panels"]!.AsArray().Select(panel => panel!).ToArray();

        Assert.Equal(panels.Length, panels.Select(panel => (int)panel["id"]!).Distinct().Count());
        Assert.Equal(panels.Length, panels.Select(panel => ((int)panel["gridPos"]!["x"]!, (int)panel["gridPos"]!["y"]!)).Distinct().Count());
        Assert.All(panels.Where(panel => (string)panel["type"]! != "row"), panel => Assert.NotEmpty((string)panel["description"]!));
    }

    private static IEnumerable<string> Queries() =>
        from panel in JsonNode.Parse(Text)!["panels"]!.AsArray()
        from target in panel!["targets"]?.AsArray() ?? []
        select (string)target!["expr"]!;

    [GeneratedRegex("Create\\w+(?:<\\w+>)?\\(\\s*\"((?:hearth|workqueue|controller_runtime|rest_client|leader_election|process)_[a-z_]+)\"")]
    private static partial Regex InstrumentName();

    [GeneratedRegex("(?:hearth|workqueue|controller_runtime|rest_client|leader_election|process)_[a-z_]+")]
    private static partial Regex MetricName();

    [GeneratedRegex("_(?:bucket|sum|count)$")]
    private static partial Regex HistogramPart();
}
