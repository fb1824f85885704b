using System.Text.Json;
using Hearth.Api.FederatedAggregations;
using Hearth.Api.Meta;
using Hearth.Gateway.Invocation;
using Microsoft.AspNetCore.Http;

namespace Hearth.Gateway.Federations;

/// <summary>What the gateway itself says about a federation, from its status.</summary>
internal static class FederationAnswers
{
    /// <summary>Whether every round is published.</summary>
    public static bool IsFinished(FederatedAggregation federation) => Condition(federation, FederatedAggregationConditions.Succeeded)?.Status == ConditionStatus.True;

    /// <summary>Why no aggregator answers and none will before the user acts; null when one may come.</summary>
    public static Refusal? Refuse(FederatedAggregation federation)
    {
        var id = $"{federation.Namespace()}/{federation.Name()}";
        if (federation.IsDeleting())
            return NotFound(id);
        if (IsFinished(federation))
        {
            return new(Outcome.FederationFinished,
                $"federation \"{id}\" has published all its rounds and ended; its models lie under {federation.Spec.Output.Uri}, the last one is {federation.Status?.Model?.Uri}");
        }
        if (federation.Spec.Suspend)
            return new(Outcome.FederationSuspended, $"federation \"{id}\" is suspended: set spec.suspend to false to go on");
        return Condition(federation, FederatedAggregationConditions.Succeeded) is { Status: ConditionStatus.False } failed
            && failed.ObservedGeneration == federation.Metadata.Generation
            ? new(Outcome.FederationFailed, $"federation \"{id}\" has failed ({failed.Reason}): {failed.Message}", TimeSpan.FromSeconds(30))
            : null;
    }

    /// <summary>No aggregator came in time.</summary>
    public static Refusal NoAggregator(FederatedAggregation federation, TimeSpan waited)
    {
        var state = Condition(federation, FederatedAggregationConditions.AggregatorReady) is { } ready ? $"{ready.Reason}: {ready.Message}" : "the operator has not seen it yet";
        return new(Outcome.NoAggregator,
            $"federation \"{federation.Namespace()}/{federation.Name()}\" has no aggregator after {waited.TotalSeconds} s ({state}): try again", TimeSpan.FromSeconds(1));
    }

    /// <summary>There is no such federation.</summary>
    public static Refusal NotFound(string id) => new(
        Outcome.FederationNotFound, $"couldn't find federation \"{id}\": create a FederatedAggregation of that name, or see kubectl get fa -A");

    /// <summary>Tells a client that asks for its task that there is none any more.</summary>
    public static async Task WriteFinishedAsync(HttpResponse response, FederatedAggregation federation)
    {
        var model = federation.Status?.Model;
        using var json = new MemoryStream();
        await using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            writer.WriteString("state", "Finished");
            writer.WriteNumber("modelVersion", model?.Version ?? 0);
            writer.WriteString("modelDigest", model?.Digest);
            writer.WriteString("model", model?.Uri);
            writer.WriteEndObject();
        }
        response.ContentType = "application/json";
        response.ContentLength = json.Length;
        await response.Body.WriteAsync(json.GetBuffer().AsMemory(0, (int)json.Length));
    }

    private static V1Condition? Condition(FederatedAggregation federation, string type) =>
        federation.Status?.Conditions?.FirstOrDefault(c => c.Type == type);
}
