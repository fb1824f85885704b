using System.Security.Cryptography;
using System.Text;
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
    /// before this one is no worker of this one. How clients are let in, and how many aggregators there are, no aggregator is made from.
    /// </summary>
    public static string Hash(FederatedAggregation federation)
    {
        var spec = federation.Spec with
        {
            Suspend = false,
            Hierarchy = new(),
            MaxAggregators = 0,
            Clients = federation.Spec.Clients with { Auth = null, Quota = null },
        };
        var part = new FederatedAggregation { Metadata = new() { Uid = federation.Uid() }, Spec = spec };
        var hash = SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(part, ApiJsonContext.Default.FederatedAggregation));
        return Convert.ToHexStringLower(hash.AsSpan(0, 8));
    }

    /// <summary>A federation as owner of one of its aggregators.</summary>
    /// <param name="federation">The federation.</param>
    /// <param name="slot">The place in its tree that the worker takes.</param>
    public static WorkerOwner Owner(FederatedAggregation federation, string slot) => new()
    {
        Namespace = federation.Namespace(),
        Name = federation.Name(),
        Label = HearthLabels.Federation,
        Reference = federation.MakeOwnerReference(),
        Annotations = new Dictionary<string, string>
        {
            [HearthAnnotations.FederationHash] = Hash(federation),
            [HearthAnnotations.AggregatorSlot] = slot,
        },
        Artifact = ArtifactKey.Of(federation.Spec.Model),
    };

    /// <summary>The assignment of an aggregator, its id left to the claim.</summary>
    /// <param name="federation">The federation.</param>
    /// <param name="slot">The worker's place.</param>
    /// <param name="pool">The control token of its pool.</param>
    public static Assignment Assignment(FederatedAggregation federation, string slot, string pool) => new()
    {
        Role = WorkerRole.Aggregator,
        Uid = federation.Uid(),
        Namespace = federation.Namespace(),
        Name = federation.Name(),
        Generation = federation.Metadata.Generation ?? 0,
        Federation = federation.Spec,
        Aggregator = new() { Slot = slot, Token = Token(federation, pool), Peers = federation.Spec.MaxAggregators },
    };

    /// <summary>
    /// What only the aggregators of a federation know: made from a secret that the operator has, so that another operator finds the same, and every worker
    /// that joins the tree later gets it.
    /// </summary>
    private static string Token(FederatedAggregation federation, string pool) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(pool), Encoding.UTF8.GetBytes($"aggregators of {federation.Uid()}")));
}
