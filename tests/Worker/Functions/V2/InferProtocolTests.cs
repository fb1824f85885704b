using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Hearth.Testing;
using Hearth.Worker.OnnxRuntime;

namespace Hearth.Worker.Tests.Functions.V2;

/// <summary>The Open Inference Protocol over the worker's real data port, good requests and hostile ones.</summary>
public sealed class InferProtocolTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [OnnxRuntimeFact]
    public async Task Get_Metadata_TellsServerModelAndReadiness()
    {
        await using var worker = await ServeAsync(OnnxModel.Add(OnnxModel.Float, "n", 2));

        Assert.Contains("\"binary_tensor_data\"", await worker.Data.GetStringAsync("/v2"), StringComparison.Ordinal);
        Assert.Equal(
            """{"name":"fn","versions":["3"],"platform":"onnx_onnxv1","inputs":[{"name":"a","datatype":"FP32","shape":[-1,2]},{"name":"b","datatype":"FP32","shape":[-1,2]}],"outputs":[{"name":"y","datatype":"FP32","shape":[-1,2]}]}""",
            await worker.Data.GetStringAsync("/v2/models/fn"));
        foreach (var path in (string[])["/v2/health/live", "/v2/health/ready", "/v2/models/fn/ready", "/v2/models/fn/versions/3/ready", "/v2/models/fn/versions/3"])
            Assert.Equal(HttpStatusCode.OK, (await worker.Data.GetAsync(path)).StatusCode);
    }

    [Theory]
    [InlineData("/v2/health/ready", HttpStatusCode.BadRequest)]
    [InlineData("/v2/health/live", HttpStatusCode.OK)]
    [InlineData("/v2/models/fn", HttpStatusCode.ServiceUnavailable)]
    public async Task Get_Idle_IsLiveAndNotReady(string path, HttpStatusCode expected)
    {
        await using var worker = await TestWorker.StartAsync();

        Assert.Equal(expected, (await worker.Data.GetAsync(path)).StatusCode);
    }

    [OnnxRuntimeFact]
    public async Task Get_WhatIsNotServed_Is404Or405()
    {
        await using var worker = await ServeAsync(OnnxModel.Identity(OnnxModel.Float, "n"));

        await AssertErrorAsync(worker.Data.GetAsync("/v2/models/other"), 404, "'other'", "'fn'");
        await AssertErrorAsync(worker.Data.GetAsync("/v2/models/fn/versions/2"), 404, "'2'", "'3'");
        await AssertErrorAsync(worker.Data.GetAsync("/predict"), 404, "/v2/models/fn");
        await AssertErrorAsync(worker.Data.GetAsync("/v2/models/fn/infer"), 405, "POST");
    }

    [OnnxRuntimeFact]
    public async Task Infer_NestedDataInAnyOrderWithIdAndNulls_IsAnswered()
    {
        await using var worker = await ServeAsync(OnnxModel.Add(OnnxModel.Float, "n", 2));

        using var response = await worker.InferAsync(
            """
            {"outputs":null,"parameters":null,"extra":{"deep":[{"er":1}]},
             "inputs":[{"data":[[1,2],[3,4.5e0]],"shape":[2,2],"parameters":{"x":[1]},"datatype":"FP32","name":"b"},
                       {"name":"a","shape":[2,2],"datatype":"FP32","data":[10,20,30,40]}],"id":"é1"}
            """);

        using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal("é1", answer.RootElement.GetProperty("id").GetString());
        Assert.Equal([11, 22, 33, 44.5f], answer.RootElement.GetProperty("outputs")[0].GetProperty("data").EnumerateArray().Select(v => v.GetSingle()));
    }

    [OnnxRuntimeFact]
    public async Task Infer_ManyFaults_NamesThemAllAndTheNextGoodRequestWorks()
    {
        await using var worker = await ServeAsync(OnnxModel.Make(
            "Sum",
            [("a", OnnxModel.Float, [2]), ("b", OnnxModel.Float, [2]), ("c", OnnxModel.Float, [2])],
            [("y", OnnxModel.Float, [2])]));

        await AssertErrorAsync(
            worker.InferAsync("""
            {"inputs":[{"name":"a","shape":[3],"datatype":"FP32","data":[1,2,3]},{"name":"b","shape":[2],"datatype":"INT64","data":[1,2]},
             {"name":"d","shape":[2],"datatype":"FP32","data":[1,2]}],"outputs":[{"name":"z"}]}
            """),
            400,
            "input 'a' is FP32[3], expected FP32[2]",
            "input 'b' is INT64[2], expected FP32[2]",
            "input 'd' is none of the model's",
            "input 'c' is missing, expected FP32[2]",
            "output 'z' is none of the model's: 'y'");

        var good = string.Join(',', "abc".Select(name => $$"""{"name":"{{name}}","shape":[2],"datatype":"FP32","data":[1,2]}"""));
        Assert.Equal(HttpStatusCode.OK, (await worker.InferAsync($$"""{"inputs":[{{good}}]}""")).StatusCode);
    }

    [OnnxRuntimeFact]
    public async Task Infer_Strings_GoInAndOutInJsonAndBinary()
    {
        await using var worker = await ServeAsync(OnnxModel.Identity(OnnxModel.String, "n"));

        using var json = await worker.InferAsync("""{"inputs":[{"name":"x","shape":[3],"datatype":"BYTES","data":["", "a\"\u00e9\n", "😀"]}]}""");
        using var answer = JsonDocument.Parse(await json.Content.ReadAsStringAsync());
        Assert.Equal(["", "a\"é\n", "😀"], answer.RootElement.GetProperty("outputs")[0].GetProperty("data").EnumerateArray().Select(v => v.GetString()));

        byte[] raw = [2, 0, 0, 0, 0xFF, 0x00];
        const string Head = """{"inputs":[{"name":"x","shape":[1],"datatype":"BYTES","parameters":{"binary_data_size":6}}],"outputs":[{"name":"y","parameters":{"binary_data":true}}]}""";
        using var binary = await worker.InferBinaryAsync(Head, raw);
        Assert.Equal(raw, (await binary.Content.ReadAsByteArrayAsync())[^6..]);
        await AssertErrorAsync(worker.InferBinaryAsync(Head.Replace("true", "false", StringComparison.Ordinal), raw), 400, "not UTF-8");
    }

    [OnnxRuntimeFact]
    public async Task Infer_NotANumber_GoesInAndOut()
    {
        await using var worker = await ServeAsync(OnnxModel.Identity((int)OnnxElementType.Float16, "n"));

        using var response = await worker.InferAsync("""{"inputs":[{"name":"x","shape":[4],"datatype":"FP16","data":["NaN","Infinity","-Infinity",-0.5]}]}""");

        Assert.Contains("""[4],"data":["NaN","Infinity","-Infinity",-0.5]""", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [OnnxRuntimeFact]
    public async Task Infer_MalformedJson_SaysWhatIsWrong()
    {
        await using var worker = await ServeAsync(OnnxModel.Identity(OnnxModel.Float, "n"));
        (string Body, string Says)[] cases =
        [
            ("", "not valid JSON"),
            ("{\"inputs\":[{\"name\":\"x\",\"sh", "not valid JSON"),
            ("[1]", "the body must be an object"),
            ("{\"inputs\":{}}", "inputs must be an array"),
            ("{\"id\":7}", "id must be a string"),
            ("{}", "input 'x' is missing"),
            ("{\"inputs\":[{\"name\":\"x\",\"shape\":[1],\"datatype\":\"FP32\"}]}", "neither data nor"),
            (OneInput("[1.5]", "[1]"), "must be an array of at most"),
            (OneInput("[-1]", "[1]"), "input 'x' is FP32[-1], expected FP32[-1]"),
            (OneInput("[2]", "[1]"), "takes 2 elements, data has 1"),
            (OneInput("[1]", "[1,[2,3]]"), "takes 1 elements, data has 3"),
            (OneInput("[1]", "[\"one\"]"), "data[0] is one, expected FP32"),
            (OneInput("[1]", "[1e99]"), "data[0] is 1e99, expected FP32"),
            (OneInput("[1]", "[null]"), "data[0] is Null, expected FP32"),
            (OneInput("[1]", "[{\"a\":1}]"), "expected FP32"),
            (OneInput("[1]", "7"), "inputs[].data must be an array"),
            (OneInput("[9223372036854775807,4]", "[1]"), "FP32[9223372036854775807,4], expected FP32[-1]"),
            (OneInput("[9223372036854775807]", "[1]"), "more than a body of"),
            (OneInput("[1000000000]", "[1]"), "more than a body of"),
            (OneInput("[1]", new string('[', 100) + new string(']', 100)), "not valid JSON"),
        ];
        foreach (var (body, says) in cases)
            await AssertErrorAsync(worker.InferAsync(body), 400, says);
        Assert.Equal(HttpStatusCode.OK, (await worker.InferAsync(OneInput("[1]", "[1]"))).StatusCode);
    }

    [OnnxRuntimeFact]
    public async Task Infer_LyingBinarySizes_SaysWhatIsWrong()
    {
        await using var worker = await ServeAsync(OnnxModel.Identity(OnnxModel.Float, "n"));
        (string Size, int Bytes, string Says)[] cases =
        [
            ("8", 8, "takes 4 bytes, binary_data_size is 8"),
            ("-4", 4, "must be a number of bytes"),
            ("9223372036854775808", 4, "must be a number of bytes"),
            ("4", 2, "ends after 2 of the 4 bytes"),
            ("4", 6, "goes on behind"),
        ];
        foreach (var (size, bytes, says) in cases)
            await AssertErrorAsync(worker.InferBinaryAsync(OneBinary("FP32", size), new byte[bytes]), 400, says);
        Assert.Equal(HttpStatusCode.OK, (await worker.InferBinaryAsync(OneBinary("FP32", "4"), new byte[4])).StatusCode);
    }

    [OnnxRuntimeFact]
    public async Task Infer_LyingStringLengths_SaysWhatIsWrong()
    {
        await using var worker = await ServeAsync(OnnxModel.Identity(OnnxModel.String, "n"));

        await AssertErrorAsync(worker.InferBinaryAsync(OneBinary("BYTES", "5"), [255, 255, 255, 255, 1]), 400, "are not 1 strings");
        await AssertErrorAsync(worker.InferBinaryAsync(OneBinary("BYTES", "1099511627776"), [1, 0, 0, 0, 1]), 400, "binary_data_size is 1099511627776");
    }

    [OnnxRuntimeFact]
    public async Task Infer_JsonLengthHeaderLies_SaysWhatIsWrong()
    {
        await using var worker = await ServeAsync(OnnxModel.Identity(OnnxModel.Float, "n"));
        foreach (var length in (string[])["0", "-1", "x", "99999999999999999999", "1000"])
        {
            using var content = new StringContent("{}");
            content.Headers.Add("Inference-Header-Content-Length", length);
            await AssertErrorAsync(worker.Data.PostAsync("/v2/models/fn/infer", content), 400, $"Inference-Header-Content-Length is '{length}'");
        }
        await AssertErrorAsync(worker.InferAsync(OneBinary("FP32", "4")), 400, "need the header Inference-Header-Content-Length");
    }

    [OnnxRuntimeFact]
    public async Task Infer_BodyOverTheLimit_Is413WithOrWithoutItsLength()
    {
        await using var worker = await TestWorker.StartAsync();
        await worker.ServeAsync(worker.Describe(OnnxModel.Identity(OnnxModel.Float, "n"), maxBodyBytes: 100));
        var body = OneInput("[1]", "[1]") + new string(' ', 200);

        await AssertErrorAsync(worker.InferAsync(body), 413, "100");
        using var chunked = new HttpRequestMessage(HttpMethod.Post, "/v2/models/fn/infer") { Content = new StringContent(body) };
        chunked.Headers.TransferEncodingChunked = true;
        await AssertErrorAsync(worker.Data.SendAsync(chunked), 413, "100");
        Assert.Equal(HttpStatusCode.OK, (await worker.InferAsync(OneInput("[1]", "[1]"))).StatusCode);
    }

    [OnnxRuntimeFact]
    public async Task Infer_HugeHeaders_AreRefusedAndTheWorkerLives()
    {
        await using var worker = await ServeAsync(OnnxModel.Identity(OnnxModel.Float, "n"));
        using var client = new TcpClient();
        await client.ConnectAsync(worker.Server.DataUrl.Host, worker.Server.DataUrl.Port);
        using var reader = new StreamReader(client.GetStream());

        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET /v2 HTTP/1.1\r\nHost: worker\r\nX: {new string('x', 60_000)}\r\n\r\n"));

        Assert.StartsWith("HTTP/1.1 431", await reader.ReadLineAsync().WaitAsync(Patience), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await worker.Data.GetAsync("/v2")).StatusCode);
    }

    [OnnxRuntimeFact]
    public async Task Infer_CallerGoesAway_LeavesTheSlotFree()
    {
        await using var worker = await TestWorker.StartAsync();
        await worker.ServeAsync(worker.Describe(OnnxModel.Identity(OnnxModel.Float, "n"), concurrency: 1));
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(worker.Server.DataUrl.Host, worker.Server.DataUrl.Port);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("POST /v2/models/fn/infer HTTP/1.1\r\nHost: worker\r\nExpect: 100-continue\r\nContent-Length: 50\r\n\r\n"));
            await client.GetStream().ReadExactlyAsync(new byte["HTTP/1.1 100 Continue\r\n\r\n".Length]).AsTask().WaitAsync(Patience);
        }

        using var patience = new CancellationTokenSource(Patience);
        while ((await worker.InferAsync(OneInput("[1]", "[1]"))).StatusCode != HttpStatusCode.OK)
            patience.Token.ThrowIfCancellationRequested();
    }

    [OnnxRuntimeFact]
    public async Task Metrics_AfterAnInference_CountIt()
    {
        await using var worker = await ServeAsync(OnnxModel.Identity(OnnxModel.Float, "n"));
        await worker.InferAsync(OneInput("[1]", "[1]"));

        Assert.Contains("hearth_worker_inference_seconds_count", await worker.Control.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }

    private static string OneInput(string shape, string data) =>
        $$"""{"inputs":[{"name":"x","shape":{{shape}},"datatype":"FP32","data":{{data}}}]}""";

    private static string OneBinary(string type, string size) =>
        "{\"inputs\":[{\"name\":\"x\",\"shape\":[1],\"datatype\":\"" + type + "\",\"parameters\":{\"binary_data_size\":" + size + "}}]}";

    private static async Task<TestWorker> ServeAsync(byte[] model)
    {
        var worker = await TestWorker.StartAsync();
        await worker.ServeAsync(worker.Describe(model));
        return worker;
    }

    private static async Task AssertErrorAsync(Task<HttpResponseMessage> sending, int status, params string[] says)
    {
        using var response = await sending;
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(status == (int)response.StatusCode, $"{(int)response.StatusCode}: {body}");
        using var answer = JsonDocument.Parse(body);
        var error = answer.RootElement.GetProperty("error").GetString();
        foreach (var part in says)
            Assert.Contains(part, error, StringComparison.Ordinal);
    }
}
