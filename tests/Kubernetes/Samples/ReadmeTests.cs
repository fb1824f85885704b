using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Controllers;
using Hearth.Kubernetes.Crds;
using Hearth.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hearth.Kubernetes.Tests.Samples;

/// <summary>The operator in the README of <c>src/Kubernetes</c> is the one in this folder, and does what it is said to do.</summary>
public sealed partial class ReadmeTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly ApiServerFixture _server = new() { Options = new() { Definitions = [CrdGenerator.Generate<Greeting>()] } };

    public Task InitializeAsync() => _server.InitializeAsync();

    public Task DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Controller_OfTheReadme_KeepsItsConfigMap()
    {
        var client = _server.Client;
        var host = new ControllerHost(client, new() { Name = "greeter" }, TimeProvider.System, NullLoggerFactory.Instance);
        host.AddController(new GreetingController(client), b => b.Owns<V1ConfigMap>());
        await using var running = new RunningHost(host);

        await client.CreateAsync(new Greeting { Metadata = new() { Name = "g", Namespace = "default" }, Spec = new() { Who = "Ann" } });
        await client.WaitForAsync<Greeting>("default", "g", g => g?.Status?.Text == "Hello Ann", "greeted", Patience);
        var map = await client.GetAsync<V1ConfigMap>("g", "default");
        Assert.Equal("Hello Ann", map!.Data!["text"]);

        await client.DeleteAsync<V1ConfigMap>("g", "default");
        await client.WaitForAsync<V1ConfigMap>("default", "g", m => m is not null && m.Uid() != map.Uid(), "made again", Patience);

        await client.DeleteAsync<Greeting>("g", "default");
        await client.WaitForAsync<V1ConfigMap>("default", "g", m => m is null, "collected", Patience);
    }

    [Fact]
    public async Task Definition_OfTheReadme_RefusesWhatItsAttributesForbid()
    {
        var refusal = await Assert.ThrowsAsync<KubernetesException>(
            () => _server.Client.CreateAsync(new Greeting { Metadata = new() { Name = "nobody", Namespace = "default" } }));

        Assert.Contains("spec.who", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Readme_EachBlockOfCode_IsTheCodeOfThisFolder()
    {
        var code = string.Join('\n', Directory.GetFiles(Folder(), "*.cs").Select(File.ReadAllText).Select(Bare));
        var blocks = Block().Matches(File.ReadAllText(Path.Combine(Folder(), "../../../src/Kubernetes/README.md"))).Select(m => Bare(m.Groups[1].Value)).ToList();

        Assert.Equal(3, blocks.Count);
        Assert.All(blocks, block => Assert.Contains(block, code, StringComparison.Ordinal));
    }

    /// <summary>Without what an excerpt leaves out: indentation, blank lines, namespaces, usings.</summary>
    private static string Bare(string code) => string.Join('\n', code.Split('\n').Select(line => line.Trim())
        .Where(line => line.Length > 0 && !line.StartsWith("namespace ", StringComparison.Ordinal) && !Using().IsMatch(line)));

    private static string Folder([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"^using [\w.]+;$")]
    private static partial Regex Using();
}
