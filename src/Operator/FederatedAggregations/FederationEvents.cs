using Hearth.Api.FederatedAggregations;
using Hearth.Api.Meta;
using Hearth.Kubernetes.Controllers;

namespace Hearth.Operator.FederatedAggregations;

/// <summary>Events of a federation: what happened between two statuses.</summary>
internal sealed class FederationEvents(EventPublisher events)
{
    /// <summary>Reason of the event about rounds that were published.</summary>
    public const string RoundPublished = "RoundPublished";

    /// <summary>Reason of the event about an aggregator that answers clients.</summary>
    public const string AggregatorServing = "AggregatorServing";

    /// <summary>Publishes what turned <paramref name="before"/> into <paramref name="after"/>.</summary>
    public async Task PublishAsync(
        FederatedAggregation federation, FederatedAggregationStatus? before, FederatedAggregationStatus after, CancellationToken cancel)
    {
        foreach (var (reason, message, isWarning) in Between(federation, before, after))
            await events(federation, reason, message, isWarning, cancel);
    }

    private static IEnumerable<(string Reason, string Message, bool IsWarning)> Between(
        FederatedAggregation federation, FederatedAggregationStatus? before, FederatedAggregationStatus after)
    {
        var (ready, wasReady) = (Condition(after, FederatedAggregationConditions.AggregatorReady), Condition(before, FederatedAggregationConditions.AggregatorReady));
        if (ready is { Reason: FederatedAggregationConditions.AggregatorLost } && wasReady?.Message != ready.Message && after.Restarts > (before?.Restarts ?? 0))
            yield return (ready.Reason, ready.Message, true);
        if (ready is { Status: ConditionStatus.True } && wasReady?.Status == ConditionStatus.False)
            yield return (AggregatorServing, ready.Message, false);

        if (after.Model?.Version > (before?.Model?.Version ?? 0))
            yield return (RoundPublished, $"Round {after.Model.Version} of {federation.Spec.Rounds} is published: {after.Updates.Folded} updates folded so far", false);

        var summary = Condition(after, FederatedAggregationConditions.Succeeded)!;
        // The first two are in every federation's life again and again; the events above tell what matters of them.
        if (summary.Reason != Condition(before, FederatedAggregationConditions.Succeeded)?.Reason
            && summary.Reason is not (FederatedAggregationConditions.Running or FederatedAggregationConditions.AggregatorLost))
        {
            yield return (summary.Reason, summary.Message, summary.Status == ConditionStatus.False || summary.Reason == FederatedAggregationConditions.PoolNotFound);
        }
    }

    private static V1Condition? Condition(FederatedAggregationStatus? status, string type) => status?.Conditions?.FirstOrDefault(c => c.Type == type);
}
