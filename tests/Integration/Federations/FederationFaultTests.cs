using System.Diagnostics;
using System.Text.Json.Nodes;
using Hearth.Activation;
using Hearth.Api.Core;
using Hearth.Api.Workers;
using Xunit.Abstractions;

namespace Hearth.Integration.Tests.Federations;

/// <summary>
/// kill -9 of aggregators, gateway and operator at random moments of small federations, one aggregator or a tree of them: nothing acknowledged is lost or folded twice,
/// nothing hangs. A moment is one at which a client sends an update, or hears that it is stored.
/// </summary>
public sealed class FederationFaultTests(SplitCluster cluster, ITestOutputHelper output) : IClassFixture<SplitCluster>
{
    private const int Clients = 3;
    private const int Rounds = 3;
    private const int MostKills = 3;
    private const int Moments = 2 * Clients * Rounds;

    // What is acknowledged passes through aggregators, so they die as often as the others together.
    private static readonly Victim[] Victims = [Victim.Aggregator, Victim.Aggregator, Victim.Gateway, Victim.Operator];

    // So that clients are not all at the same point.
    private static readonly TimeSpan Work = TimeSpan.FromMilliseconds(400);

    /// <summary>Seed of every run; the environment variable repeats one that failed.</summary>
    private static readonly int FirstSeed = Read("HEARTH_FAULT_SEED") ?? Environment.ProcessId * 100;

    /// <summary>How many runs instead of the usual few: for a night.</summary>
    private static readonly int? MoreRuns = Read("HEARTH_FAULT_RUNS");

    [Theory]
    [InlineData(false, 20)]
    [InlineData(true, 6)]
    public async Task KillNine_AtRandomMoments_EveryAcknowledgedUpdateIsInOneManifest(bool isTree, int runs)
    {
        await cluster.WaitForWarmPoolAsync();
        var watch = Stopwatch.StartNew();
        for (var seed = FirstSeed; seed < FirstSeed + (MoreRuns ?? runs); seed++)
        {
            var startedAt = watch.Elapsed;
            var (story, included, acknowledged) = await RunAsync(seed, isTree);
            output.WriteLine($"seed {seed}: {included} updates included, {acknowledged} acknowledged, {(watch.Elapsed - startedAt).TotalSeconds:0.0} s; {story}");
        }
        output.WriteLine($"{watch.Elapsed.TotalSeconds:0} s");
    }

    private async Task<(string Story, int Included, int Acknowledged)> RunAsync(int seed, bool isTree)
    {
        var random = new Random(seed);
        var story = new List<string>();
        await using var run = new FederationRun(cluster, $"{(isTree ? "tree" : "alone")}-{seed}", seed, Clients, Rounds, Work);
        try
        {
            await run.ApplyAsync(spec => spec["hierarchy"] = new JsonObject { ["levels"] = isTree ? "Three" : "One" });
            run.Start();
            foreach (var (victim, moment) in Kills(random))
            {
                await Task.WhenAny(run.Ledger.Reaches(moment), run.Ended);
                if (run.Ended.IsCompleted)
                    break;
                story.Add($"{victim} at {moment}{(await KillAsync(victim, run, random) ? "" : " (was not there)")}");
            }
            return (string.Join(", ", story), await run.VerifyAsync(), run.Ledger.Acknowledged.Count);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{(isTree ? "tree, " : "")}seed {seed} ({string.Join(", ", story)}): {e.Message}\n{cluster.Outputs}", e);
        }
    }

    private static IEnumerable<(Victim Victim, int Moment)> Kills(Random random) =>
        Enumerable.Range(0, 1 + random.Next(MostKills)).Select(_ => (Victims[random.Next(Victims.Length)], Moment: 1 + random.Next(Moments))).OrderBy(kill => kill.Moment).ToArray();

    private static int? Read(string variable) => int.TryParse(Environment.GetEnvironmentVariable(variable), out var number) ? number : null;

    private async Task<bool> KillAsync(Victim victim, FederationRun run, Random random)
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
                var living = pods.Where(p => p.State() is WorkerState.Assigned or WorkerState.Claimed).ToArray();
                return living.Length > 0 && TryCrash(living[random.Next(living.Length)]);
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
