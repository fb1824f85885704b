using System.Diagnostics;
using System.Globalization;
using Hearth.Api.InferenceFunctions;
using Xunit.Abstractions;

namespace Hearth.Gateway.Tests.Burst;

/// <summary>From nothing to 500 callers of 50 functions at once, on a pool of 40 workers.</summary>
public sealed class BurstTests(ITestOutputHelper output)
{
    private const int Idle = 40;
    private const int Functions = 50;
    private const int Callers = 500;

    private static readonly InferenceFunctionSpec Spec = new()
    {
        Model = new() { Uri = "file:///models/model.onnx" },
        Concurrency = 4,
        Scale = new() { Max = 1 },
        Timeout = TimeSpan.FromSeconds(100),
    };

    [Fact]
    public async Task Burst_FiveHundredCallersOnFortyWorkers_NoneIsLostOrServedTwiceAndThePoolRecovers()
    {
        // Of the ten callers of a cold function four wait; the others are told to come back.
        await using var world = await BurstWorld.StartAsync(Idle, Functions, Spec, new() { MaxQueuedPerFunction = 4 });
        using var callers = new BurstCallers(world.Gateway, Callers, Functions);
        var started = Stopwatch.GetTimestamp();

        // Workers hold what they have until all have come: nothing is easier for those who come last.
        var first = callers.CallAsync(1);
        await callers.WaitForArrivalAsync();
        world.Open();
        await first.WaitAsync(BurstWorld.Patience);
        var burst = callers.Answers.ToArray();
        await callers.CallAsync(4).WaitAsync(BurstWorld.Patience);
        output.WriteLine(callers.Report(Stopwatch.GetElapsedTime(started)));

        AssertSound(world, callers);
        Assert.Equal(5 * Callers, callers.Answers.Count);
        Assert.All(callers.Answers, answer => Assert.Contains(answer.Status, (int[])[200, 429]));
        // Those who were refused were so because their function's line was full, and it was full.
        Assert.InRange(burst.Count(answer => answer.Status == 200), Functions * 4, Callers);
        await world.WaitForServingAsync(Functions);
        await world.WaitForIdleAsync(Idle);
    }

    [Fact]
    public async Task Burst_WorkersAreKilledOneAfterAnother_EveryFailureIsThatOfAKilledWorker()
    {
        const int Kills = 8;
        await using var world = await BurstWorld.StartAsync(Idle, Functions, Spec, new());
        using var callers = new BurstCallers(world.Gateway, Callers, Functions);
        world.Open();
        var started = Stopwatch.GetTimestamp();
        var kills = new List<Task>();
        callers.OnAnswer = count =>
        {
            // One in the burst itself, the others as the load goes on.
            if (count % (Callers / 2) != 0 || count / (Callers / 2) > Kills || world.Serving() is not { Count: > 0 } serving)
                return;
            lock (kills)
                kills.Add(Task.Run(() => world.KillAsync(serving[kills.Count % serving.Count])));
        };

        await callers.CallAsync(10).WaitAsync(BurstWorld.Patience);
        await Task.WhenAll(kills).WaitAsync(BurstWorld.Patience);
        output.WriteLine($"{kills.Count} workers killed; {callers.Report(Stopwatch.GetElapsedTime(started))}");

        AssertSound(world, callers);
        Assert.Equal(10 * Callers, callers.Answers.Count);
        var failures = callers.Answers.Where(answer => answer.Status is not (200 or 429 or 503)).ToArray();
        foreach (var failure in failures)
        {
            output.WriteLine($"{failure.Id}: {failure.Status} {failure.Body}");
            Assert.Equal(502, failure.Status);
            Assert.Contains(world.Killed, pod => failure.Body.Contains($"worker \\\"{pod}\\\"", StringComparison.Ordinal));
        }
        // A killed worker has four requests at most.
        Assert.InRange(failures.Length, 0, 4 * kills.Count);
        await world.WaitForIdleAsync(Idle);
    }

    /// <summary>What holds whatever happens.</summary>
    private static void AssertSound(BurstWorld world, BurstCallers callers)
    {
        foreach (var (id, status, body, retryAfter, _) in callers.Answers)
        {
            var begun = world.Began.TryGetValue(id, out var workers) ? workers.Count : 0;
            Assert.True(begun <= 1, $"request {id} was begun {begun} times");
            if (status == 200)
                Assert.Equal((id, 1), (body, begun));
            else if (status is 429 or 503)
                Assert.True(begun == 0 && int.Parse(retryAfter!, CultureInfo.InvariantCulture) >= 1, $"request {id}: {status} {body} {retryAfter}, begun {begun} times");
        }
        Assert.Equal(callers.Answers.Count, callers.Answers.Select(answer => answer.Id).Distinct().Count());
    }
}
