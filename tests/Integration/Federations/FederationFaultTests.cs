using System.Diagnostics;
using Hearth.Activation;
using Hearth.Api.Core;
using Hearth.Api.Workers;
using Xunit.Abstractions;

namespace Hearth.Integration.Tests.Federations;

/// <summary>kill -9 of aggregator, gateway and operator at random times of small federations: nothing acknowledged is lost or folded twice, nothing hangs.</summary>
public sealed class FederationFaultTests(SplitCluster cluster, ITestOutputHelper output) : IClassFixture<SplitCluster>
{
    private const int Runs = 20;
    private const int MostKills = 3;

    // What is acknowledged passes through the aggregator, so it dies as often as the others together.
    private static readonly Victim[] Victims = [Victim.Aggregator, Victim.Aggregator, Victim.Gateway, Victim.Operator];

    // A federation without faults takes about two seconds then.
    private static readonly TimeSpan Work = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan KillWithin = TimeSpan.FromSeconds(2);

    /// <summary>Seed of every run; the environment variable repeats one that failed.</summary>
    private static readonly int FirstSeed = int.TryParse(Environment.GetEnvironmentVariable("HEARTH_FAULT_SEED"), out var seed) ? seed : Environment.ProcessId * 100;

    [Fact]
    public async Task KillNine_AtRandomTimes_EveryAcknowledgedUpdateIsInOneManifest()
    {
        await cluster.WaitForWarmPoolAsync();
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < Runs; i++)
        {
            var seed = FirstSeed + i;
            var startedAt = watch.Elapsed;
            var (story, included, acknowledged) = await RunAsync(seed, i);
            output.WriteLine($"seed {seed}: {included} updates included, {acknowledged} acknowledged, {(watch.Elapsed - startedAt).TotalSeconds:0.0} s; {story}");
        }
        output.WriteLine($"{Runs} runs in {watch.Elapsed.TotalSeconds:0} s");
    }

    private async Task<(string Story, int Included, int Acknowledged)> RunAsync(int seed, int number)
    {
        var random = new Random(seed);
        var story = new List<string>();
        await using var run = new FederationRun(cluster, $"fault-{number}", seed, work: Work);
        try
        {
            await run.ApplyAsync();
            run.Start();
            foreach (var (victim, after) in Kills(random))
            {
                await Task.Delay(after, TimeProvider.System);
                if (run.IsOver)
                    break;
                story.Add($"{victim} +{after.TotalMilliseconds:0} ms{(await KillAsync(victim, run) ? "" : " (was not there)")}");
            }
            return (string.Join(", ", story), await run.VerifyAsync(), run.Ledger.Acknowledged.Count);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"seed {seed} ({string.Join(", ", story)}): {e.Message}\n{cluster.Outputs}", e);
        }
    }

    private static IEnumerable<(Victim Victim, TimeSpan After)> Kills(Random random)
    {
        var kills = 1 + random.Next(MostKills);
        for (var i = 0; i < kills; i++)
            yield return (Victims[random.Next(Victims.Length)], random.NextDouble() * KillWithin / kills);
    }

    private async Task<bool> KillAsync(Victim victim, FederationRun run)
    {
        switch (victim)
        {
            case Victim.Operator:
                await cluster.CrashOperatorAsync();
                await cluster.StartOperatorAsync();
                return true;
            case Victim.Gateway:
                await cluster.CrashGatewayAsync();
                await cluster.StartGatewayAsync();
                return true;
            default:
                var pods = await run.PodsAsync();
                return pods.FirstOrDefault(p => p.State() is WorkerState.Assigned or WorkerState.Claimed) is { } pod && TryCrash(pod);
        }
    }

    private static bool TryCrash(V1Pod pod)
    {
        try
        {
            SplitCluster.CrashWorker(pod);
            return true;
        }
        catch (InvalidOperationException)
        {
            // Its process has not started, or was killed before.
            return false;
        }
    }

    private enum Victim
    {
        Aggregator,
        Gateway,
        Operator,
    }
}
