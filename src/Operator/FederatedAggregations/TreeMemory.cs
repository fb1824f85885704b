using Hearth.Api;
using Hearth.Api.FederatedAggregations;
using Hearth.Api.Meta;
using Hearth.Operator.Workers;
using Hearth.Policies.Aggregation;

namespace Hearth.Operator.FederatedAggregations;

/// <summary>
/// What the operator keeps about a federation's leaves between reconciles. A restart loses it: the next rounds are estimated anew, what waits waits its time
/// again, and the top is told its plan once more.
/// </summary>
internal sealed class TreeMemory
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);

    private Dictionary<string, (DateTimeOffset At, int Round)> _unneeded = [];
    private HashSet<string> _lost = [];
    private (int Version, long Folded)? _published;
    private (AggregationPlan Plan, string Assignment)? _told;

    /// <summary>Slows the taking of leaves while they are lost one after another.</summary>
    public RetryGate Taking { get; } = new(FirstWait);

    /// <summary>What the rounds so far brought.</summary>
    public ArrivalEstimate Arrivals { get; private set; }

    /// <summary>Since when a round waits for clients; null while one is under way.</summary>
    public DateTimeOffset? WaitingSince { get; private set; }

    /// <summary>Since when, and in which round, leaves are not needed, by uid.</summary>
    public IReadOnlyDictionary<string, (DateTimeOffset At, int Round)> Unneeded => _unneeded;

    /// <summary>Version of the plan that the top was told last; 0 before the first.</summary>
    public long Version => _told?.Plan.Version ?? 0;

    /// <summary>Assignment of the top that was told; null before.</summary>
    public string? ToldTo => _told?.Assignment;

    /// <summary>Workers that were started and that no status has counted yet.</summary>
    public int Started { get; private set; }

    /// <summary>Workers that were started since a round was published.</summary>
    public int StartedSinceRound { get; private set; }

    /// <summary>Takes note of how far the top is.</summary>
    public void See(FederationProgress progress, int minClients, DateTimeOffset now)
    {
        if (_published is { } before && progress.ModelVersion > before.Version && progress.Folded >= before.Folded)
            Arrivals = Arrivals.After((double)(progress.Folded - before.Folded) / (progress.ModelVersion - before.Version));
        _published = (progress.ModelVersion, progress.Folded);
        var waits = progress.Phase == RoundPhase.Selecting && progress.Clients < minClients;
        WaitingSince = waits ? WaitingSince ?? now : null;
    }

    /// <summary>Takes note of the leaves that are not needed any more, and of those that were lost.</summary>
    public void See(TreePlan plan, int round, DateTimeOffset now)
    {
        _unneeded = plan.Unneeded.ToDictionary(p => p.Uid(), p => _unneeded.GetValueOrDefault(p.Uid(), (now, round)));
        var lost = plan.Lost.Select(p => p.GetAnnotation(HearthAnnotations.Assignment) ?? p.Uid()).ToHashSet();
        if (!lost.IsSubsetOf(_lost))
            Taking.Fail(now);
        _lost = lost;
    }

    /// <summary>The plan with its version, when the top at this assignment has another; null when it has it.</summary>
    public AggregationPlan? ToTell(AggregationPlan plan, string assignment, DateTimeOffset now) =>
        _told is { } told && told.Assignment == assignment && told.Plan.Aggregators.SequenceEqual(plan.Aggregators)
            ? null
            // The clock goes on where another operator, whose last version this one does not know, left off.
            : plan with { Version = Math.Max(Version + 1, now.ToUnixTimeMilliseconds()) };

    /// <summary>The top has the plan.</summary>
    public void Told(AggregationPlan plan, string assignment) => _told = (plan, assignment);

    /// <summary>A worker was started for the federation.</summary>
    public void OnStarted()
    {
        Started++;
        StartedSinceRound++;
    }

    /// <summary>A status counted what there was to count.</summary>
    public void OnCounted(bool isPublished)
    {
        Started = 0;
        if (isPublished)
            StartedSinceRound = 0;
    }
}
