using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using Hearth.Api;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Workers;
using Hearth.Testing;

namespace Hearth.Integration.Tests;

/// <summary>A worker process that serves and is reset over and over holds no more than when it was idle for the first time.</summary>
public sealed class ResetTests
{
    private const string Token = "let-me-in";
    private const int Warmup = 10;
    private const int Rounds = 30;

    // The thread pool's threads and what a HTTP server keeps for its connections come and go by a few.
    private const int Slack = 8;
    private const double SlackMB = 24;

    [OnnxRuntimeFact(needsSharedData: true)]
    public async Task Delete_AfterEachOfManyModels_GivesEverythingBack()
    {
        var cache = Directory.CreateTempSubdirectory("hearth-reset-");
        await using var process = HearthProcess.StartProgram(
            "/usr/bin/env", $"{WorkerEnvironment.Token}={Token}", $"{WorkerEnvironment.PodIP}=127.0.0.1", $"{WorkerEnvironment.DataPort}=0",
            $"{WorkerEnvironment.ControlPort}=0", $"{WorkerEnvironment.CacheDirectory}={cache.FullName}", "DOTNET_GCgen0size=400000", HearthProcess.Executable, "worker");
        var ports = await process.WaitForLineAsync("Serving on (http://[0-9.:]+).*controlled on (http://[0-9.:]+)");
        using var control = new HttpClient { BaseAddress = new(ports.Groups[2].Value), Timeout = HearthProcess.Patience };
        control.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        using var data = new HttpClient { BaseAddress = new(ports.Groups[1].Value), Timeout = HearthProcess.Patience };

        for (var round = 0; round < Warmup; round++)
            await PlayAsync(control, data, round);
        var before = Use.Of(process.Id);
        for (var round = Warmup; round < Warmup + Rounds; round++)
            await PlayAsync(control, data, round);
        var after = Use.Of(process.Id);

        Assert.True(after.Files <= before.Files + Slack, $"files: {before} then {after}");
        Assert.True(after.Threads <= before.Threads + Slack, $"threads: {before} then {after}");
        Assert.True(after.ResidentMB <= before.ResidentMB + SlackMB, $"memory: {before} then {after}");
        cache.Delete(recursive: true);
    }

    /// <summary>An assignment, an answer that need not be good, and a release that must be clean.</summary>
    private static async Task PlayAsync(HttpClient control, HttpClient data, int round)
    {
        var model = SharedData.PathOf(round % 2 == 0 ? "models/ultraface-rfb-320.onnx" : "models/silero-vad-16k.onnx");
        var assignment = new Assignment
        {
            Id = $"round-{round}",
            Namespace = "default",
            Name = "fn",
            Model = new ModelReference { Uri = $"file://{model}", Sha256 = Convert.ToHexString(SHA256.HashData(await File.ReadAllBytesAsync(model))) },
        };
        using var assigned = await control.PostAsync("/assignment", JsonContent.Create(assignment, ApiJsonContext.Default.Assignment));
        Assert.Contains("\"Ready\"", await assigned.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var metadata = await data.GetAsync("/v2/models/fn");
        Assert.Equal(HttpStatusCode.OK, metadata.StatusCode);
        if (round % 2 == 0)
        {
            var zeros = string.Join(',', Enumerable.Repeat("0", 3 * 240 * 320));
            using var answer = await data.PostAsync(
                "/v2/models/fn/infer",
                new StringContent($$"""{"inputs":[{"name":"input","shape":[1,3,240,320],"datatype":"FP32","data":[{{zeros}}]}]}"""));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
        using var released = await control.DeleteAsync("/assignment");
        Assert.True(released.StatusCode == HttpStatusCode.OK, await released.Content.ReadAsStringAsync());
    }

    /// <summary>What the kernel says that a process holds.</summary>
    private sealed record Use(int Files, int Threads, double ResidentMB)
    {
        public static Use Of(int process)
        {
            var resident = File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
            return new(
                Directory.EnumerateFileSystemEntries($"/proc/{process}/fd").Count(),
                Directory.EnumerateFileSystemEntries($"/proc/{process}/task").Count(),
                double.Parse(resident.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) / 1024);
        }
    }
}
