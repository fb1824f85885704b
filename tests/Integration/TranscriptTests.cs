using System.Text;
using System.Text.RegularExpressions;
using Hearth.Api.InferenceFunctions;

namespace Hearth.Integration.Tests;

/// <summary>
/// Runs what <c>docs/kubectl.md</c> shows against <c>hearth up</c> and compares word for word, times and identities left out.
/// <c>HEARTH_WRITE_DOCS=1</c> writes the page anew.
/// </summary>
public sealed partial class TranscriptTests(Cluster cluster) : IClassFixture<Cluster>
{
    private const string Introduction = """
        # kubectl against a local cluster

        What kubectl says while `hearth up` runs. A test runs each command and compares; times, identities and addresses stand as `<...>`.

        `greet.yaml` is a function, suspended so that no worker has to load a model:


        """;

    private const string Manifest = """
        apiVersion: hearth.dev/v1alpha1
        kind: InferenceFunction
        metadata:
          name: greet
          labels: { app: demo }
        spec:
          model: { uri: "file:///models/greet.onnx" }
          suspend: true

        """;

    private readonly StringBuilder _page = new(Introduction);

    private static string Page => Path.Combine(Cluster.Repository, "docs", "kubectl.md");

    [KubectlFact(needsRuntime: false)]
    public async Task Kubectl_EachCommandOfThePage_SaysWhatThePageShows()
    {
        _page.Append($"```yaml\n{Manifest}```\n");
        await cluster.WriteFileAsync("greet.yaml", Encoding.UTF8.GetBytes(Manifest));
        await cluster.WriteFileAsync("changed.yaml", Encoding.UTF8.GetBytes(Manifest + "  concurrency: 4\n"));

        await ShowAsync("Apply", "apply -f greet.yaml");
        await ShowAsync(null, "apply -f greet.yaml");
        await ShowAsync("Wait", "wait --for=condition=Ready wp/default --timeout=60s");
        await ShowAsync(null, "wait --for=jsonpath={.status.url} fn/greet --timeout=60s");
        await ShowAsync("Get", "get fn greet -o wide");
        await ShowAsync(null, "get fn greet -o jsonpath={.spec.model.uri}");
        await ShowAsync(null, "get fn greet -o yaml");
        await ShowAsync("Explain", "explain fn.spec.scale");
        await ShowAsync("Diff", "diff -f changed.yaml", exitCode: 1);
        await ShowAsync("Change", "apply -f changed.yaml");
        await ShowAsync(null, "patch fn greet --type merge -p {\"spec\":{\"concurrency\":8}}");
        await ShowAsync(null, "patch fn greet --type json -p [{\"op\":\"remove\",\"path\":\"/metadata/labels/app\"}]");
        await ShowAsync(null, "label fn greet tier=gold");
        await ShowAsync(null, "scale fn greet --replicas=2");
        await ShowAsync(null, "get fn greet -o jsonpath={.spec.scale.min}");
        await ShowWatchAsync();
        await ShowLogsAsync();
        await ShowAsync("Delete", "delete -f greet.yaml");

        if (Environment.GetEnvironmentVariable("HEARTH_WRITE_DOCS") == "1")
            await File.WriteAllTextAsync(Page, _page.ToString());
        Assert.Equal(await File.ReadAllTextAsync(Page), _page.ToString());
    }

    private async Task ShowAsync(string? heading, string command, int exitCode = 0)
    {
        await using var kubectl = Start(command);
        var code = await kubectl.WaitForExitAsync();
        Assert.True(code == exitCode, $"kubectl {command} ended with {code}: {kubectl.Output}");
        Add(heading, command, kubectl.Output);
    }

    private async Task ShowWatchAsync()
    {
        // As a list: of one object that it names, kubectl shows no change between its get and its watch.
        const string Command = "get fn --watch --no-headers -o wide";
        // What the operator has still to say of the changes before would come in between.
        await cluster.WaitForAsync<InferenceFunction>("greet", f => f?.Status?.ObservedGeneration == f?.Metadata.Generation, "the operator to have seen it");
        await using var watch = Start(Command);
        await watch.WaitForLineAsync("^greet ");
        await using (var change = Start("patch fn greet --type merge -p {\"spec\":{\"pool\":\"other\"}}"))
            await change.WaitForExitAsync();
        await watch.WaitForLineAsync("^greet .* other ");
        var lines = watch.Output.Split('\n');
        Add("Watch, while the pool is changed", Command, $"{lines[0]}\n{lines.First(l => l.Contains(" other ", StringComparison.Ordinal))}");
    }

    private async Task ShowLogsAsync()
    {
        const string Command = "logs -f default-0";
        await using var logs = Start(Command);
        var line = await logs.WaitForLineAsync("Serving on .*");
        Add("Logs of a worker, as they are written", Command, logs.Output.Split('\n').First(l => l.Contains(line.Value.TrimEnd(), StringComparison.Ordinal)));
    }

    private HearthProcess Start(string command)
    {
        var words = command.Split(' ').Select(word => word.EndsWith(".yaml", StringComparison.Ordinal) ? cluster.PathOf(word) : word);
        return HearthProcess.StartProgram("kubectl", ["--kubeconfig", cluster.Kubeconfig, .. words]);
    }

    private void Add(string? heading, string command, string output)
    {
        if (heading is not null)
            _page.Append($"\n## {heading}\n");
        var quoted = string.Join(' ', command.Split(' ').Select(word => word.IndexOfAny(['{', '[']) >= 0 ? $"'{word}'" : word));
        _page.Append($"\n```console\n$ kubectl {quoted}\n{Timeless(output).TrimEnd()}\n```\n");
    }

    /// <summary>The output without what differs from run to run.</summary>
    private string Timeless(string output)
    {
        var text = output.Replace(cluster.PathOf(""), "", StringComparison.Ordinal);
        text = DiffHeader().Replace(text, "");
        text = Stamp().Replace(text, "<time>");
        text = LogStamp().Replace(text, "<time>");
        text = Identity().Replace(text, "<uid>");
        text = Version().Replace(text, "resourceVersion: \"<version>\"");
        text = Address().Replace(text, "<gateway>");
        text = PodAddress().Replace(text, "<pod>");
        text = Age().Replace(text, "<age>   ");
        return Trailing().Replace(text, "");
    }

    [GeneratedRegex(@"^(diff|---|\+\+\+) .*\n", RegexOptions.Multiline)]
    private static partial Regex DiffHeader();

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")]
    private static partial Regex Stamp();

    [GeneratedRegex(@"^\d\d:\d\d:\d\d\.\d+", RegexOptions.Multiline)]
    private static partial Regex LogStamp();

    [GeneratedRegex("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")]
    private static partial Regex Identity();

    [GeneratedRegex("resourceVersion: \"\\d+\"")]
    private static partial Regex Version();

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex Address();

    [GeneratedRegex(@"http://127\.[\d.]+(?=:\d)")]
    private static partial Regex PodAddress();

    // The last column, or the one before the pool, padded.
    [GeneratedRegex(@"(?<=  )\d+[smh](\d+s)? *(?=$|\S+ *$)", RegexOptions.Multiline)]
    private static partial Regex Age();

    [GeneratedRegex("[ \t]+$", RegexOptions.Multiline)]
    private static partial Regex Trailing();
}
