using System.Globalization;
using System.Net;
using System.Text.Json;
using Hearth.Api.Workers;
using Hearth.Testing;

namespace Hearth.Worker.Tests.Functions.Batching;

/// <summary>Requests that are joined, over HTTP and with ONNX Runtime.</summary>
public sealed class BatchingTests
{
    // None waits for its time to be over: a batch is full when all have come.
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    [OnnxRuntimeFact]
    public async Task Infer_AsManyAsFit_AreOneRunAndEachGetsItsOwnBitForBit()
    {
        const int Count = 8;
        await using var batching = await TestWorker.StartAsync();
        await using var single = await TestWorker.StartAsync();
        var model = OnnxModel.Add(OnnxModel.Float, "n", 3);
        await batching.ServeAsync(batching.Describe(model) with { Batching = new() { MaxSize = Count, MaxDelay = Long } });
        await single.ServeAsync(single.Describe(model));
        var requests = Enumerable.Range(0, Count).Select(i => Request((0.1f * i) + 0.7f)).ToArray();

        var joined = await Task.WhenAll(requests.Select(request => AnswerAsync(batching, request)));
        var alone = await Task.WhenAll(requests.Select(request => AnswerAsync(single, request)));

        Assert.Equal(alone, joined);
        Assert.Contains($"hearth_worker_batch_requests_sum {Count}", await batching.Control.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }

    [OnnxRuntimeFact]
    public async Task Infer_OneOfThemIsNoRequest_OthersAreAnswered()
    {
        await using var worker = await TestWorker.StartAsync();
        await worker.ServeAsync(worker.Describe(OnnxModel.Add(OnnxModel.Float, "n", 3)) with { Batching = new() { MaxSize = 2, MaxDelay = Long } });

        using var wrong = await worker.InferAsync(Request(1).Replace("[1,3]", "[1,4]", StringComparison.Ordinal));
        var answers = await Task.WhenAll(AnswerAsync(worker, Request(1)), AnswerAsync(worker, Request(2)));

        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        Assert.Equal(["[2,2,2]", "[4,4,4]"], answers);
    }

    [OnnxRuntimeFact]
    public async Task Assign_ModelOfFixedSize_SaysWhyItIsNotBatchedAndServes()
    {
        await using var worker = await TestWorker.StartAsync();

        var lines = await worker.AssignAsync(worker.Describe(OnnxModel.Add(OnnxModel.Float, 1, 3)) with { Batching = new() { MaxSize = 8, MaxDelay = Long } });

        Assert.Equal(AssignmentState.Ready, lines[^1].State);
        Assert.Equal(
            "The model cannot take several requests in one run, so each has its own: "
            + "input 'a' is [1,3]: its first dimension must be one that a request chooses (-1).",
            lines[^1].NotBatched);
        Assert.Equal("[2,2,2]", await AnswerAsync(worker, Request(1)));
    }

    private static string Request(float value)
    {
        var data = string.Join(',', Enumerable.Repeat(value.ToString(CultureInfo.InvariantCulture), 3));
        return $$"""
            {"inputs":[{"name":"a","shape":[1,3],"datatype":"FP32","data":[{{data}}]},{"name":"b","shape":[1,3],"datatype":"FP32","data":[{{data}}]}]}
            """;
    }

    private static async Task<string> AnswerAsync(TestWorker worker, string request)
    {
        using var response = await worker.InferAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, body);
        using var answer = JsonDocument.Parse(body);
        Assert.Equal("[1,3]", answer.RootElement.GetProperty("outputs")[0].GetProperty("shape").GetRawText());
        return answer.RootElement.GetProperty("outputs")[0].GetProperty("data").GetRawText();
    }
}
