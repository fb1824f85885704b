using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Hearth.Testing;

namespace Hearth.Worker.Tests.Functions;

/// <summary>Models and expectations that others made.</summary>
public sealed class RealModelTests
{
    private const double Tolerance = 1e-4;

    [OnnxRuntimeFact(needsSharedData: true)]
    public async Task Infer_FaceDetectorInJson_AnswersWhatTheReferenceDoes()
    {
        await using var worker = await TestWorker.StartAsync();
        await worker.ServeAsync(TestWorker.Describe($"file://{SharedData.PathOf("models/ultraface-rfb-320.onnx")}"));
        var pixels = MemoryMarshal.Cast<byte, float>(await File.ReadAllBytesAsync(SharedData.PathOf("images/faces-1.input.f32"))).ToArray();
        var data = string.Join(',', pixels.Select(pixel => pixel.ToString("R", CultureInfo.InvariantCulture)));

        using var response = await worker.InferAsync($$"""{"inputs":[{"name":"input","shape":[1,3,240,320],"datatype":"FP32","data":[{{data}}]}]}""");

        using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        var outputs = answer.RootElement.GetProperty("outputs").EnumerateArray().ToDictionary(
            output => output.GetProperty("name").GetString()!,
            output => output.GetProperty("data").EnumerateArray().Select(value => value.GetSingle()).ToArray());
        AssertExpected(outputs);
    }

    [OnnxRuntimeFact(needsSharedData: true)]
    public async Task Infer_FaceDetectorInBinary_AnswersWhatTheReferenceDoes()
    {
        await using var worker = await TestWorker.StartAsync();
        await worker.ServeAsync(TestWorker.Describe($"file://{SharedData.PathOf("models/ultraface-rfb-320.onnx")}"));
        var pixels = await File.ReadAllBytesAsync(SharedData.PathOf("images/faces-1.input.f32"));

        using var response = await worker.InferBinaryAsync(
            """
            {"parameters":{"binary_data_output":true},
             "inputs":[{"name":"input","shape":[1,3,240,320],"datatype":"FP32","parameters":{"binary_data_size":921600}}]}
            """,
            pixels);

        var body = await response.Content.ReadAsByteArrayAsync();
        var headLength = int.Parse(response.Headers.GetValues("Inference-Header-Content-Length").Single(), CultureInfo.InvariantCulture);
        using var head = JsonDocument.Parse(body.AsMemory(0, headLength));
        var outputs = new Dictionary<string, float[]>();
        var offset = headLength;
        foreach (var output in head.RootElement.GetProperty("outputs").EnumerateArray())
        {
            var size = output.GetProperty("parameters").GetProperty("binary_data_size").GetInt32();
            outputs[output.GetProperty("name").GetString()!] = MemoryMarshal.Cast<byte, float>(body.AsSpan(offset, size)).ToArray();
            offset += size;
        }
        Assert.Equal(body.Length, offset);
        AssertExpected(outputs);
    }

    [OnnxRuntimeFact(needsSharedData: true)]
    public async Task Infer_VoiceDetectorWithItsState_AnswersTheSameWhicheverWayStateIsSent()
    {
        await using var worker = await TestWorker.StartAsync();
        await worker.ServeAsync(TestWorker.Describe($"file://{SharedData.PathOf("models/silero-vad-16k.onnx")}"));
        using var metadata = JsonDocument.Parse(await worker.Data.GetStringAsync("/v2/models/fn"));
        Assert.Equal(["input", "state", "sr"], metadata.RootElement.GetProperty("inputs").EnumerateArray().Select(input => input.GetProperty("name").GetString()));

        var random = new Random(7);
        var stateInJson = new float[256];
        var stateInBinary = new float[256];
        var probabilities = new List<float>();
        for (var chunk = 0; chunk < 5; chunk++)
        {
            var samples = Enumerable.Range(0, 512).Select(_ => (random.NextSingle() - 0.5f) * 0.2f * chunk).ToArray();
            var (speech, next) = await DetectInJsonAsync(worker, samples, stateInJson);
            var (speechBinary, nextBinary) = await DetectInBinaryAsync(worker, samples, stateInBinary);
            Assert.InRange(speech, 0, 1);
            Assert.Equal(speech, speechBinary, Tolerance);
            Assert.NotEqual(stateInJson, next);
            probabilities.Add(speech);
            (stateInJson, stateInBinary) = (next, nextBinary);
        }
        Assert.True(probabilities.Distinct().Count() > 1, "The state has no effect.");
    }

    private static async Task<(float Speech, float[] State)> DetectInJsonAsync(TestWorker worker, float[] samples, float[] state)
    {
        using var response = await worker.InferAsync(
            $$"""
            {"inputs":[{"name":"input","shape":[1,512],"datatype":"FP32","data":[[{{Join(samples)}}]]},
             {"name":"state","shape":[2,1,128],"datatype":"FP32","data":[{{Join(state)}}]},{"name":"sr","shape":[],"datatype":"INT64","data":[16000]}]}
            """);
        using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.True(response.IsSuccessStatusCode, answer.RootElement.ToString());
        var outputs = answer.RootElement.GetProperty("outputs");
        return (outputs[0].GetProperty("data")[0].GetSingle(), [.. outputs[1].GetProperty("data").EnumerateArray().Select(value => value.GetSingle())]);
    }

    private static async Task<(float Speech, float[] State)> DetectInBinaryAsync(TestWorker worker, float[] samples, float[] state)
    {
        var rate = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(rate, 16000);
        using var response = await worker.InferBinaryAsync(
            """
            {"parameters":{"binary_data_output":true},
             "inputs":[{"name":"sr","shape":[],"datatype":"INT64","parameters":{"binary_data_size":8}},
             {"name":"input","shape":[1,512],"datatype":"FP32","parameters":{"binary_data_size":2048}},
             {"name":"state","shape":[2,1,128],"datatype":"FP32","parameters":{"binary_data_size":1024}}]}
            """,
            rate,
            MemoryMarshal.AsBytes<float>(samples).ToArray(),
            MemoryMarshal.AsBytes<float>(state).ToArray());
        var body = await response.Content.ReadAsByteArrayAsync();
        Assert.True(response.IsSuccessStatusCode, System.Text.Encoding.UTF8.GetString(body));
        var data = MemoryMarshal.Cast<byte, float>(body.AsSpan(body.Length - sizeof(float) - 1024)).ToArray();
        return (data[0], data[1..]);
    }

    private static string Join(float[] values) => string.Join(',', values.Select(value => value.ToString("R", CultureInfo.InvariantCulture)));

    private static void AssertExpected(Dictionary<string, float[]> outputs)
    {
        using var expected = JsonDocument.Parse(File.ReadAllText(SharedData.PathOf("images/faces-1.expected.json")));
        foreach (var output in expected.RootElement.GetProperty("outputs").EnumerateArray())
        {
            var values = outputs[output.GetProperty("name").GetString()!];
            var sum = output.GetProperty("sum").GetDouble();
            Assert.Equal(sum, values.Sum(value => (double)value), Tolerance * Math.Abs(sum));
        }
        var candidates = expected.RootElement.GetProperty("candidatesAbove0_7").EnumerateArray().ToList();
        Assert.NotEmpty(candidates);
        foreach (var candidate in candidates)
        {
            var anchor = candidate.GetProperty("anchor").GetInt32();
            Assert.Equal(candidate.GetProperty("score").GetDouble(), outputs["scores"][(2 * anchor) + 1], Tolerance);
            for (var i = 0; i < 4; i++)
                Assert.Equal(candidate.GetProperty("box")[i].GetDouble(), outputs["boxes"][(4 * anchor) + i], Tolerance);
        }
        Assert.Equal(candidates.Count, Enumerable.Range(0, 4420).Count(anchor => outputs["scores"][(2 * anchor) + 1] > 0.7));
    }
}
