using Hearth.Api;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Meta;
using Hearth.Testing;
using Xunit.Abstractions;

namespace Hearth.Integration.Tests;

/// <summary>Updates of a function while callers keep calling: nobody sees anything but answers.</summary>
public sealed class RolloutTests(SplitCluster cluster, ITestOutputHelper output) : IClassFixture<SplitCluster>
{
    private const string Request =
        """{"inputs":[{"name":"a","shape":[2],"datatype":"FP32","data":[1,2]},{"name":"b","shape":[2],"datatype":"FP32","data":[10,20]}]}""";

    private const string Scale = "\"scale\":{\"min\":1,\"max\":3}";
    private static readonly double[] Sum = [11, 22];
    private static readonly double[] Product = [10, 40];

    [OnnxRuntimeFact]
    public async Task Update_UnderLoad_LosesNoRequestSplitsAndGoesBack()
    {
        var first = await RevisionOfAsync(await WriteAsync("Add"), "");
        await using var load = new Load(4, () => new(HttpMethod.Post, cluster.Infer("rolling")) { Content = new StringContent(Request, null, "application/json") });
        await load.SucceedAsync(100);
        Assert.Equal(Sum, await cluster.InferAsync("rolling", Request));

        // Another model takes over when it is warm.
        var second = await RevisionOfAsync(await WriteAsync("Mul"), "");
        await load.SucceedAsync(100);
        Assert.NotEqual(first, second);
        Assert.Equal(Product, await UntilAsync(Product));

        // Nine to one. Callers share one deal, so what one of them gets is chance: four deviations of a binomial.
        await RevisionOfAsync(await WriteAsync("Mul"), $$""","traffic":[{"revision":"{{first}}","percent":90},{"latest":true,"percent":10}]""");
        await UntilAsync(Sum);
        var hits = 0;
        for (var i = 0; i < 300; i++)
            hits += await InferAsync() is [10, 40] ? 1 : 0;
        Assert.InRange(hits, 30 - 21, 30 + 21);
        Assert.Equal(Product, (await AskAsync(second)).Values);

        // A model that does not load changes nothing for callers.
        var broken = await cluster.WriteFileAsync("broken.onnx", [1, 2, 3]);
        await cluster.ApplyFunctionAsync("rolling", $"file://{broken}", $"{{{Scale},\"traffic\":[]}}");
        await cluster.WaitForConditionAsync("rolling", InferenceFunctionConditions.RolledOut, ConditionStatus.False, InferenceFunctionConditions.RevisionFailed);
        await load.SucceedAsync(100);

        // The way back needs no operator.
        await cluster.CrashOperatorAsync();
        await cluster.ApplyFunctionAsync("rolling", $"file://{broken}", $$"""{{{Scale}},"traffic":[{"revision":"{{first}}"}]}""");
        Assert.Equal(Sum, await UntilAsync(Sum));
        Assert.Equal(first, (await AskAsync(null)).Revision);
        await load.SucceedAsync(100);
        await cluster.StartOperatorAsync();
        await load.SucceedAsync(100);

        output.WriteLine($"{string.Join(", ", load.Outcomes.Select(o => $"{o.Value} x {o.Key}"))}; {hits} of 300 at a tenth");
        Assert.True(load.Outcomes.Keys.SequenceEqual(["200"]), $"{string.Join(", ", load.Outcomes)}\n{cluster.Outputs}");
    }

    /// <summary>Gives the function a model, waits until its traffic is as asked, and returns the model's revision.</summary>
    private async Task<string> RevisionOfAsync(string model, string more)
    {
        var applied = await cluster.ApplyFunctionAsync("rolling", $"file://{model}", $"{{{Scale}{more}}}");
        var status = (await cluster.WaitForAsync<InferenceFunction>(
            "rolling",
            f => f?.Status is { LatestReadyRevision: not null } s && s.ObservedGeneration >= applied.Metadata.Generation && s.LatestReadyRevision == s.LatestCreatedRevision,
            "its latest revision to be ready"))!.Status!;
        return status.LatestReadyRevision!;
    }

    private Task<string> WriteAsync(string operation) => cluster.WriteFileAsync(
        $"{operation}.onnx", OnnxModel.Make(operation, [("a", OnnxModel.Float, ["n"]), ("b", OnnxModel.Float, ["n"])], [("y", OnnxModel.Float, ["n"])]));

    private async Task<double[]> InferAsync() => [.. await cluster.InferAsync("rolling", Request)];

    /// <summary>Asks until the answer is as wanted: a gateway hears of a change a moment after the API server.</summary>
    private async Task<double[]> UntilAsync(double[] wanted)
    {
        using var patience = new CancellationTokenSource(HearthProcess.Patience);
        while (true)
        {
            var answer = await InferAsync();
            if (answer.SequenceEqual(wanted))
                return answer;
            patience.Token.ThrowIfCancellationRequested();
        }
    }

    private async Task<(double[] Values, string? Revision)> AskAsync(string? revision)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, cluster.Infer("rolling")) { Content = new StringContent(Request, null, "application/json") };
        if (revision is not null)
            request.Headers.Add(HearthHeaders.Revision, revision);
        using var answer = await cluster.Http.SendAsync(request);
        using var body = System.Text.Json.JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return ([.. body.RootElement.GetProperty("outputs")[0].GetProperty("data").EnumerateArray().Select(v => v.GetDouble())],
            answer.Headers.TryGetValues(HearthHeaders.Revision, out var told) ? told.Single() : null);
    }
}
