namespace Hearth.Api.FederatedAggregations;

/// <summary>Condition types and reasons of a FederatedAggregation, all set by the operator.</summary>
public static class FederatedAggregationConditions
{
    /// <summary>
    /// Summary: True when every round is published, Unknown before, False when it failed: the spec must change. The reason of False is InvalidSpec or that
    /// of the aggregator's failure (<see cref="Workers.AssignmentFailureReason"/>).
    /// </summary>
    public const string Succeeded = "Succeeded";

    /// <summary>The pool exists.</summary>
    public const string PoolAvailable = "PoolAvailable";

    /// <summary>An aggregator answers clients.</summary>
    public const string AggregatorReady = "AggregatorReady";

    /// <summary>Succeeded=True: every round is published. AggregatorReady=False: and the aggregator was given back.</summary>
    public const string Completed = "Completed";

    /// <summary>Succeeded=Unknown: a round is under way.</summary>
    public const string Running = "Running";

    /// <summary>Succeeded=Unknown: the round needs more clients than have joined.</summary>
    public const string WaitingForClients = "WaitingForClients";

    /// <summary>Succeeded=Unknown, AggregatorReady=False: an aggregator starts and reads what is in the output.</summary>
    public const string Starting = "Starting";

    /// <summary>Succeeded=Unknown, AggregatorReady=False: the aggregator was lost; the message says why, and when another is taken.</summary>
    public const string AggregatorLost = "AggregatorLost";

    /// <summary>AggregatorReady=False: a round waits for clients and none has asked for long, so nothing runs; the next request brings an aggregator.</summary>
    public const string NobodyAsks = "NobodyAsks";

    /// <summary>Succeeded=Unknown, AggregatorReady=False: the user suspended the federation.</summary>
    public const string Suspended = "Suspended";

    /// <summary>AggregatorReady=True.</summary>
    public const string Serving = "Serving";

    /// <summary>AggregatorReady=Unknown: the aggregator's control port gives no answer; in 15 s it counts as lost.</summary>
    public const string NotAnswering = "NotAnswering";

    /// <summary>Succeeded=Unknown, PoolAvailable=False: no WorkerPool of that name in the namespace.</summary>
    public const string PoolNotFound = "PoolNotFound";

    /// <summary>PoolAvailable=True.</summary>
    public const string PoolFound = "PoolFound";

    /// <summary>Succeeded=False: the spec breaks a rule; the message names every fault.</summary>
    public const string InvalidSpec = "InvalidSpec";
}
