using Hearth.Api.FederatedAggregations;
using Hearth.Api.Models;

namespace Hearth.Testing;

/// <summary>A FederatedAggregation as a user writes it: <c>new MakeFederation("digits").Rounds(3).Build()</c>.</summary>
public sealed class MakeFederation(string name = "fa")
{
    private readonly FederatedAggregation _federation = new()
    {
        ApiVersion = FederatedAggregation.Definition.ApiVersion,
        Kind = FederatedAggregation.Definition.Kind,
        Metadata = new() { Name = name, Namespace = MakeFunction.DefaultNamespace },
        Spec = new()
        {
            Architecture = new() { Kind = ArchitectureKind.SoftmaxRegression, InputShape = [2], Classes = ["a", "b"] },
            Output = new() { Uri = $"file:///federations/{name}" },
        },
    };

    public MakeFederation Pool(string pool)
    {
        _federation.Spec.Pool = pool;
        return this;
    }

    public MakeFederation Rounds(int rounds)
    {
        _federation.Spec.Rounds = rounds;
        return this;
    }

    public MakeFederation Clients(int min, int? max = null)
    {
        (_federation.Spec.Clients.MinPerRound, _federation.Spec.Clients.MaxPerRound) = (min, max);
        return this;
    }

    public MakeFederation Hierarchy(HierarchySpec hierarchy, int maxAggregators = 16)
    {
        (_federation.Spec.Hierarchy, _federation.Spec.MaxAggregators) = (hierarchy, maxAggregators);
        return this;
    }

    public MakeFederation Output(string uri)
    {
        _federation.Spec.Output = new() { Uri = uri };
        return this;
    }

    public MakeFederation Suspend()
    {
        _federation.Spec.Suspend = true;
        return this;
    }

    /// <summary>As if it had been stored: with a uid and a generation.</summary>
    public MakeFederation Stored(string uid = "federation-uid", long generation = 1)
    {
        _federation.Metadata.Uid = uid;
        _federation.Metadata.Generation = generation;
        return this;
    }

    public FederatedAggregation Build() => _federation;
}
