using System.Security.Cryptography;
using System.Text.Json;
using Hearth.Api;
using Hearth.Api.FederatedAggregations;
using Hearth.Api.Meta;
using Hearth.Api.Workers;
using Hearth.Policies.Pods;

namespace Hearth.Operator.FederatedAggregations;

/// <summary>What a worker is claimed and assigned as, to aggregate for a federation. Pure.</summary>
internal static class AggregatorClaim
{
    /// <summary>
    /// Hash of what an aggregator is made from: a worker with another one is replaced. The uid is in it, so the worker of a federation of the same name
    /// before this one is no worker of this one.
    /// </summary>
    public static string Hash(FederatedAggregation federation)
    {
        var part = new FederatedAggregation { Metadata = new() { Uid = federation.Uid() }, Spec = federation.Spec with { Suspend = false } };
        var hash = SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(part, ApiJsonContext.Default.FederatedAggregation));
        return Convert.ToHexStringLower(hash.AsSpan(0, 8));
    }

    /// <summary>A federation as owner of its aggregator.</summary>
    public static WorkerOwner Owner(FederatedAggregation federation) => new()
    {
        Namespace = federation.Namespace(),
        Name = federation.Name(),
        Label = HearthLabels.Federation,
        Reference = federation.MakeOwnerReference(),
        Annotations = new Dictionary<string, string> { [HearthAnnotations.FederationHash] = Hash(federation) },
        Artifact = ArtifactKey.Of(federation.Spec.Model),
    };

    /// <summary>The assignment of the aggregator, its id left to the claim.</summary>
    public static Assignment Assignment(FederatedAggregation federation) => new()
    {
        Role = WorkerRole.Aggregator,
        Uid = federation.Uid(),
        Namespace = federation.Namespace(),
        Name = federation.Name(),
        Generation = federation.Metadata.Generation ?? 0,
        Federation = federation.Spec,
    };
}
