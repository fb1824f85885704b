using System.Text.Json.Nodes;
using Hearth.Cli.Commands;

namespace Hearth.Chart.Tests;

/// <summary>The chart starts the parts as their command line wants it.</summary>
public sealed class CommandLineTests
{
    public static TheoryData<string, string> Parts => new()
    {
        { "default", "operator" }, { "default", "gateway" }, { "dapr", "operator" }, { "dapr", "gateway" }, { "small", "operator" }, { "small", "gateway" },
    };

    [Theory]
    [MemberData(nameof(Parts))]
    public void Args_OfAPart_AreUnderstood(string set, string part)
    {
        var line = HearthCommandLine.Create().Parse(Args(set, part));

        Assert.Empty(line.Errors);
        Assert.Equal(part, line.CommandResult.Command.Name);
    }

    [Fact]
    public void Args_WithAMistake_AreRefused() =>
        Assert.NotEmpty(HearthCommandLine.Create().Parse([.. Args("default", "gateway"), "--no-such-option=1"]).Errors);

    [Theory]
    [InlineData("default")]
    [InlineData("dapr")]
    [InlineData("small")]
    public void Args_ForWorkerPods_AreTheSameForBothParts(string set)
    {
        Assert.Equal(OfWorkers(set, "operator"), OfWorkers(set, "gateway"));
        Assert.Contains($"--worker-image={Container(set, "gateway")["image"]}", OfWorkers(set, "gateway"));
    }

    [Theory]
    [MemberData(nameof(Parts))]
    public void Ports_OfAPart_AreThoseItListensOn(string set, string part)
    {
        var listened = Args(set, part).Where(a => a.Contains("listen=", StringComparison.Ordinal)).Select(a => int.Parse(a.Split(':')[^1], null));
        var declared = Container(set, part)["ports"]!.AsArray().Select(p => (int)(long)p!["containerPort"]!);
        Assert.Equal(declared, listened);
    }

    [Fact]
    public void Args_OfTheGateway_NameItsPodAndItsService()
    {
        Assert.Contains("--advertised-host=$(POD_IP)", Args("default", "gateway"));
        Assert.Contains("--advertised-url=http://hearth-gateway.hearth-system.svc:80", Args("default", "gateway"));
        Assert.Contains("--advertised-url=http://functions.example.com", Args("dapr", "gateway"));
        Assert.Equal("status.podIP", (string?)Variable("default", "POD_IP")?["valueFrom"]?["fieldRef"]?["fieldPath"]);
    }

    [Fact]
    public void Environment_WithAnAppToken_CarriesIt()
    {
        Assert.Null(Variable("default", "APP_API_TOKEN"));
        Assert.Equal("app-token", (string?)Variable("dapr", "APP_API_TOKEN")?["valueFrom"]?["secretKeyRef"]?["name"]);
    }

    private static IEnumerable<string> OfWorkers(string set, string part) => Args(set, part).Where(a => a.StartsWith("--worker-", StringComparison.Ordinal));

    private static JsonNode? Variable(string set, string name) => Container(set, "gateway")["env"]!.AsArray().FirstOrDefault(v => (string)v!["name"]! == name);

    private static string[] Args(string set, string part) => [.. Container(set, part)["args"]!.AsArray().Select(a => (string)a!)];

    private static JsonObject Container(string set, string part)
    {
        var deployment = HelmChart.Objects(set).Single(o => (string)o["kind"]! == "Deployment" && ((string)o["metadata"]!["name"]!).EndsWith(part, StringComparison.Ordinal));
        return deployment["spec"]!["template"]!["spec"]!["containers"]!.AsArray().Single()!.AsObject();
    }
}
