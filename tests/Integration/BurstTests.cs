using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Hearth.Activation;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Testing;
using Xunit.Abstractions;

namespace Hearth.Integration.Tests;

/// <summary>
/// A burst from nothing on real worker processes. Small unless <c>HEARTH_BURST=1</c>: then 500 callers of 50 functions on 40 workers, for which the machine needs
/// 10 GB of memory.
/// </summary>
public sealed partial class BurstTests(ITestOutputHelper output)
{
    private const string Request =
        """{"id":"@","inputs":[{"name":"a","shape":[2],"datatype":"FP32","data":[1,2]},{"name":"b","shape":[2],"datatype":"FP32","data":[10,20]}]}""";

    private static readonly bool IsFull = Environment.GetEnvironmentVariable("HEARTH_BURST") == "1";
    private static readonly int Idle = IsFull ? 40 : 4;
    private static readonly int Functions = IsFull ? 50 : 5;
    private static readonly int Callers = IsFull ? 500 : 50;
    private static readonly int Kills = IsFull ? 20 : 3;

    [OnnxRuntimeFact]
    public async Task Burst_FromNothingAndThenWorkersKilled_NoneIsLostAndEveryFailureIsExplained()
    {
        await using var cluster = new BurstCluster(Idle);
        await cluster.InitializeAsync();
        var model = await cluster.WriteFileAsync("add.onnx", OnnxModel.Add(OnnxModel.Float, "n"));
        for (var i = 0; i < Functions; i++)
            await cluster.CreateFunctionAsync($"fn-{i}", $"file://{model}", """{"scale":{"max":1},"concurrency":4,"timeout":"90s"}""");
        await cluster.WaitForWarmPoolAsync();

        var burst = new BurstLoad(cluster, Callers, Functions, Request);
        var started = Stopwatch.GetTimestamp();
        await burst.CallAsync(each: 1);
        Report("burst from nothing", burst, started);
        await burst.CallAsync(each: IsFull ? 10 : 40);
        Report("and then the load goes on", burst, started);
        Assert.All(burst.Answers, answer => Assert.Equal(200, answer.Status));
        // Workers answered as many requests as callers got answers: none was lost, none was served twice.
        Assert.Equal(burst.Answers.Count, await ServedAsync(cluster));
        await cluster.WaitForWarmPoolAsync();
        output.WriteLine($"the pool has its {Idle} idle workers again");

        var underKills = new BurstLoad(cluster, Callers, Functions, Request);
        started = Stopwatch.GetTimestamp();
        var killed = await underKills.WhileKillingAsync(Kills);
        Report($"{killed.Count} workers killed, one each second", underKills, started);
        foreach (var failure in underKills.Answers.Where(answer => answer.Status != 200).GroupBy(answer => $"{answer.Status} {Numbers().Replace(answer.Body, "#")}"))
            output.WriteLine($"  {failure.Count()} × {failure.Key}");
        foreach (var failure in underKills.Answers.Where(answer => answer.Status is not (200 or 429 or 503)))
        {
            Assert.Equal(502, failure.Status);
            Assert.Contains(killed, pod => failure.Body.Contains($"worker \\\"{pod}\\\"", StringComparison.Ordinal));
        }
        Assert.All(underKills.Answers.Where(answer => answer.Status is 429 or 503), answer => Assert.NotNull(answer.RetryAfter));
        await cluster.WaitForWarmPoolAsync();
    }

    private void Report(string what, BurstLoad load, long started)
    {
        var took = Stopwatch.GetElapsedTime(started);
        var times = load.Answers.Where(answer => answer.Status == 200).Select(answer => answer.Took.TotalMilliseconds).Order().ToArray();
        var resident = Process.GetProcesses().Where(process => process.ProcessName == "hearth").Sum(process => process.WorkingSet64) / 1e6;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what}: {Callers} callers, {Functions} functions, {Idle} idle workers; {load.Answers.Count} requests in {took.TotalSeconds:0.0} s, "
            + $"success {100.0 * times.Length / load.Answers.Count:0.00} %, p50 {times[times.Length / 2]:0} ms, p99 {times[times.Length * 99 / 100]:0} ms, "
            + $"slowest {times[^1]:0} ms; {resident:0} MB in all hearth processes of this machine"));
    }

    /// <summary>Inferences that the workers of all functions count.</summary>
    private static async Task<int> ServedAsync(Cluster cluster)
    {
        var served = 0;
        foreach (var pod in (await cluster.Client.ListAsync<V1Pod>("default", new() { LabelSelector = Api.HearthLabels.Function })).Items)
        {
            var metrics = await cluster.Http.GetStringAsync(new Uri(pod.ControlUri()!, "/metrics"));
            served += Inferences().Matches(metrics).Sum(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));
        }
        return served;
    }

    [GeneratedRegex(@"^hearth_worker_inference_seconds_count\S* (\d+)", RegexOptions.Multiline)]
    private static partial Regex Inferences();

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Numbers();
}
