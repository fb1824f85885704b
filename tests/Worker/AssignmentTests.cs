using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Hearth.Api;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Workers;
using Hearth.Testing;

namespace Hearth.Worker.Tests;

/// <summary>The life of an assignment, over the worker's real ports.</summary>
public sealed class AssignmentTests
{
    private static readonly byte[] Model = OnnxModel.Identity(OnnxModel.Float, "n");
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private const string OneFloat = """{"inputs":[{"name":"x","shape":[1],"datatype":"FP32","data":[1.5]}]}""";

    [OnnxRuntimeFact]
    public async Task Post_Model_TellsStagesThenServes()
    {
        await using var worker = await TestWorker.StartAsync();

        var lines = await worker.AssignAsync(worker.Describe(Model));

        Assert.Equal(AssignmentState.Fetching, lines[0].State);
        Assert.Contains(lines, line => line.State == AssignmentState.Loading);
        var ready = lines[^1];
        Assert.Equal((AssignmentState.Ready, "a1"), (ready.State, ready.Id));
        Assert.True(ready.DeployCodeMs >= 0 && ready.DeployDependencyMs > 0);
        Assert.Null(ready.CacheHit);
        using var response = await worker.InferAsync(OneFloat, "a1");
        Assert.Equal(
            """{"model_name":"fn","model_version":"3","outputs":[{"name":"y","datatype":"FP32","shape":[1],"data":[1.5]}]}""",
            await response.Content.ReadAsStringAsync());
    }

    [OnnxRuntimeFact]
    public async Task Post_SameIdAgain_AttachesToTheSameStart()
    {
        await using var worker = await TestWorker.StartAsync();
        var assignment = worker.Describe(Model);

        var both = await Task.WhenAll(worker.AssignAsync(assignment), worker.AssignAsync(assignment));

        Assert.Equal(both[0][^1], both[1][^1]);
    }

    [OnnxRuntimeFact]
    public async Task Post_AnotherId_IsAConflictThatNamesTheFirst()
    {
        await using var worker = await TestWorker.StartAsync();
        await worker.ServeAsync(worker.Describe(Model));

        using var response = await worker.PostAsync(worker.Describe(Model, id: "a2"));

        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        Assert.Contains("'a1'", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", HttpStatusCode.Unauthorized)]
    [InlineData("Bearer wrong", HttpStatusCode.Unauthorized)]
    [InlineData("Basic bGV0LW1lLWlu", HttpStatusCode.Unauthorized)]
    [InlineData($"Bearer {TestWorker.Token}", HttpStatusCode.NotFound)]
    public async Task Get_Idle_NeedsTheTokenAndFindsNothing(string authorization, HttpStatusCode expected)
    {
        await using var worker = await TestWorker.StartAsync();
        worker.Control.DefaultRequestHeaders.Clear();
        if (authorization.Length > 0)
            worker.Control.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", authorization);

        using var response = await worker.Control.GetAsync("/assignment");

        Assert.Equal(expected, response.StatusCode);
    }

    [Theory]
    [InlineData("{\"id\":")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"id\":\"a\",\"name\":\"fn\"}")]
    [InlineData("{\"id\":\"a\",\"name\":\"fn\",\"role\":\"Juggler\",\"model\":{\"uri\":\"file:///m\"}}")]
    public async Task Post_NoAssignment_IsRefusedWithAReason(string body)
    {
        await using var worker = await TestWorker.StartAsync();

        using var response = await worker.Control.PostAsync("/assignment", new StringContent(body));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("\"error\":", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await worker.Control.GetAsync("/assignment")).StatusCode);
    }

    [OnnxRuntimeFact]
    public async Task Post_NoModelFile_FailsAndTheNextGoodOneServes()
    {
        await using var worker = await TestWorker.StartAsync();

        var failed = (await worker.AssignAsync(worker.Describe(Encoding.UTF8.GetBytes("This is no model."))))[^1];

        Assert.Equal((AssignmentState.Failed, AssignmentFailureReason.InvalidModel), (failed.State, failed.Failure?.Reason));
        Assert.Contains("Protobuf parsing failed", failed.Failure?.Message, StringComparison.Ordinal);
        var latest = JsonSerializer.Deserialize(await worker.Control.GetStringAsync("/assignment"), ApiJsonContext.Default.AssignmentProgress);
        Assert.Equal(failed, latest);
        Assert.Equal(HttpStatusCode.OK, (await worker.Control.DeleteAsync("/assignment")).StatusCode);
        await worker.ServeAsync(worker.Describe(Model, id: "a2"));
    }

    [Fact]
    public async Task Post_WithoutTheRuntime_SaysWhatBringsIt()
    {
        await using var worker = await TestWorker.StartAsync(options => options with { OnnxRuntimePath = "/nowhere/libonnxruntime.so.1" });

        var failed = (await worker.AssignAsync(worker.Describe(Model)))[^1];

        Assert.Equal(AssignmentFailureReason.RuntimeUnavailable, failed.Failure?.Reason);
        Assert.Contains("onnxruntime-node", failed.Failure?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_FormatThatIsNotKnown_SaysWhatIsServed()
    {
        await using var worker = await TestWorker.StartAsync();
        var assignment = worker.Describe(Model);
        assignment.Model!.Format = (ModelFormat)7;

        var failed = (await worker.AssignAsync(assignment))[^1];

        Assert.Equal(AssignmentFailureReason.RuntimeUnavailable, failed.Failure?.Reason);
        Assert.Contains("it serves Onnx, Hearth", failed.Failure?.Message, StringComparison.Ordinal);
    }

    [OnnxRuntimeFact]
    public async Task Post_Digest_IsCheckedBeforeTheModelIsLoaded()
    {
        await using var worker = await TestWorker.StartAsync();
        var wrong = worker.Describe(Model);
        wrong.Model!.Sha256 = new string('0', 64);

        var failed = (await worker.AssignAsync(wrong))[^1];

        var right = Convert.ToHexString(SHA256.HashData(Model));
        Assert.Equal(AssignmentFailureReason.DigestMismatch, failed.Failure?.Reason);
        Assert.Contains(right, failed.Failure?.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(wrong.Model.Sha256, failed.Failure?.Message, StringComparison.Ordinal);
        await worker.Control.DeleteAsync("/assignment");
        var good = worker.Describe(Model, id: "a2");
        good.Model!.Sha256 = right;
        await worker.ServeAsync(good);
    }

    [OnnxRuntimeFact]
    public async Task Delete_Serving_UnloadsAndTakesTheNext()
    {
        await using var worker = await TestWorker.StartAsync();
        await worker.ServeAsync(worker.Describe(Model));

        using var deleted = await worker.Control.DeleteAsync("/assignment");

        Assert.Equal(HttpStatusCode.OK, deleted.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await worker.Control.GetAsync("/assignment")).StatusCode);
        Assert.Equal("notassigned", await RefusalAsync(worker.InferAsync(OneFloat)));
        await worker.ServeAsync(worker.Describe(OnnxModel.Add(OnnxModel.Float, 1), id: "a2"));
    }

    [OnnxRuntimeFact]
    public async Task Delete_RequestRunning_WaitsForItAndRefusesOthers()
    {
        await using var worker = await TestWorker.StartAsync();
        await worker.ServeAsync(worker.Describe(Model));
        using var running = await HalfARequest.BeginAsync(worker, OneFloat);

        var deleting = worker.Control.DeleteAsync("/assignment");
        await StateAsync(worker, AssignmentState.Draining);

        Assert.Equal("draining", await RefusalAsync(worker.InferAsync(OneFloat)));
        Assert.False(deleting.IsCompleted);
        Assert.StartsWith("HTTP/1.1 200", await running.EndAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await deleting.WaitAsync(Patience)).StatusCode);
    }

    [OnnxRuntimeFact]
    public async Task Delete_RequestNeverEnds_SaysThatTheWorkerIsNotClean()
    {
        await using var worker = await TestWorker.StartAsync(options => options with { DrainTimeout = TimeSpan.FromMilliseconds(50) });
        await worker.ServeAsync(worker.Describe(Model));
        using var running = await HalfARequest.BeginAsync(worker, OneFloat);

        using var deleted = await worker.Control.DeleteAsync("/assignment");

        Assert.Equal(HttpStatusCode.Conflict, deleted.StatusCode);
        Assert.Contains("1 requests", await deleted.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await running.EndAsync();
    }

    [OnnxRuntimeFact]
    public async Task Infer_BeyondConcurrency_IsRefusedBeforeItsBodyIsRead()
    {
        await using var worker = await TestWorker.StartAsync();
        await worker.ServeAsync(worker.Describe(Model, concurrency: 1));
        using var running = await HalfARequest.BeginAsync(worker, OneFloat);

        Assert.Equal("atcapacity", await RefusalAsync(worker.InferAsync(OneFloat)));

        Assert.StartsWith("HTTP/1.1 200", await running.EndAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await worker.InferAsync(OneFloat)).StatusCode);
    }

    [OnnxRuntimeFact]
    public async Task Infer_MeantForAnotherAssignment_IsRefused()
    {
        await using var worker = await TestWorker.StartAsync();
        await worker.ServeAsync(worker.Describe(Model));

        Assert.Equal("notassigned", await RefusalAsync(worker.InferAsync(OneFloat, "another")));
    }

    [OnnxRuntimeFact]
    public async Task Infer_WhileFetching_IsRefusedAndTheReleaseEndsTheFetch()
    {
        await using var worker = await TestWorker.StartAsync();
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var starting = worker.PostAsync(TestWorker.Describe($"http://{silent.LocalEndpoint}/model.onnx"));
        using var connection = await silent.AcceptTcpClientAsync().WaitAsync(Patience);

        Assert.Equal("notready", await RefusalAsync(worker.InferAsync(OneFloat)));
        Assert.Equal(HttpStatusCode.OK, (await worker.Control.DeleteAsync("/assignment")).StatusCode);

        Assert.EndsWith("\"state\":\"Draining\"}\n", await (await starting.WaitAsync(Patience)).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await worker.ServeAsync(worker.Describe(Model, id: "a2"));
    }

    [Fact]
    public async Task Readyz_RuntimeOpened_IsReady()
    {
        await using var worker = await TestWorker.StartAsync();

        await worker.Server.Ready.WaitAsync(Patience);

        Assert.Equal(HttpStatusCode.OK, (await worker.Control.GetAsync("/readyz")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await worker.Control.GetAsync("/healthz")).StatusCode);
    }

    [OnnxRuntimeFact]
    public async Task Stop_RequestRunning_AnswersItFirst()
    {
        var worker = await TestWorker.StartAsync();
        await worker.ServeAsync(worker.Describe(Model));
        using var running = await HalfARequest.BeginAsync(worker, OneFloat);

        var stopping = worker.Server.DisposeAsync().AsTask();
        Assert.False(stopping.IsCompleted);

        Assert.StartsWith("HTTP/1.1 200", await running.EndAsync(), StringComparison.Ordinal);
        await stopping.WaitAsync(Patience);
        await Assert.ThrowsAsync<HttpRequestException>(() => worker.Control.GetAsync("/healthz"));
    }

    [OnnxRuntimeFact]
    public async Task Stop_RequestNeverEnds_StopsAllTheSame()
    {
        var worker = await TestWorker.StartAsync(options => options with { DrainTimeout = TimeSpan.FromMilliseconds(50) });
        await worker.ServeAsync(worker.Describe(Model));
        using var running = await HalfARequest.BeginAsync(worker, OneFloat);

        await worker.Server.DisposeAsync().AsTask().WaitAsync(Patience);

        await Assert.ThrowsAsync<HttpRequestException>(() => worker.Control.GetAsync("/healthz"));
    }

    [Fact]
    public async Task Start_WithoutAToken_IsRefused()
    {
        var error = await Assert.ThrowsAsync<ArgumentException>(() => TestWorker.StartAsync(options => options with { Token = "" }));

        Assert.Contains(WorkerEnvironment.Token, error.Message, StringComparison.Ordinal);
    }

    private static async Task<string> RefusalAsync(Task<HttpResponseMessage> sending)
    {
        using var response = await sending;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        return Assert.Single(response.Headers.GetValues(HearthHeaders.Refused));
    }

    private static async Task StateAsync(TestWorker worker, AssignmentState state)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!(await worker.Control.GetStringAsync("/assignment", patience.Token)).Contains($"\"{state}\"", StringComparison.Ordinal))
            await Task.Yield();
    }

    /// <summary>A request of which the last byte is held back: the worker has let it in and waits.</summary>
    private sealed class HalfARequest : IDisposable
    {
        private readonly TcpClient _client = new();
        private readonly byte _lastByte;

        private HalfARequest(byte lastByte) => _lastByte = lastByte;

        public static async Task<HalfARequest> BeginAsync(TestWorker worker, string json)
        {
            var half = new HalfARequest((byte)json[^1]);
            await half._client.ConnectAsync(worker.Server.DataUrl.Host, worker.Server.DataUrl.Port);
            // The interim answer to Expect comes when the body is first read, which is after the gate.
            var head = $"POST /v2/models/fn/infer HTTP/1.1\r\nHost: worker\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: {json.Length}\r\n\r\n";
            var stream = half._client.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes(head));
            var interim = new byte["HTTP/1.1 100 Continue\r\n\r\n".Length];
            await stream.ReadExactlyAsync(interim).AsTask().WaitAsync(Patience);
            await stream.WriteAsync(Encoding.ASCII.GetBytes(json[..^1]));
            return half;
        }

        public async Task<string> EndAsync()
        {
            await _client.GetStream().WriteAsync(new[] { _lastByte });
            using var reader = new StreamReader(_client.GetStream());
            return await reader.ReadToEndAsync().WaitAsync(Patience);
        }

        public void Dispose() => _client.Dispose();
    }
}
