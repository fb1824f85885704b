using Hearth.Api.InferenceFunctions;
using Hearth.Api.Models;
using Hearth.Api.Schema;

namespace Hearth.Api.FederatedAggregations;

/// <summary>Desired state of a FederatedAggregation.</summary>
[ValidationRule("has(self.model) != has(self.architecture)", Message = ModelOrArchitecture)]
[ValidationRule("!has(self.model) || self.model.format == 'Hearth'", Message = ModelFormatNotHearth, FieldPath = ".model")]
[ValidationRule("!has(self.architecture) || (has(self.architecture.inputShape) && has(self.architecture.classes))", Message = ArchitectureOpen, FieldPath = ".architecture")]
[ValidationRule("has(self.model) == has(oldSelf.model) && (!has(self.model) || self.model == oldSelf.model)", Message = Immutable, FieldPath = ".model")]
[ValidationRule("has(self.architecture) == has(oldSelf.architecture) && (!has(self.architecture) || self.architecture == oldSelf.architecture)", Message = Immutable, FieldPath = ".architecture")]
[ValidationRule("!has(self.hierarchy) || self.hierarchy.levels != 'Two' || self.maxAggregators >= 2", Message = TooFewForTwo, FieldPath = ".maxAggregators")]
[ValidationRule("!has(self.hierarchy) || self.hierarchy.levels != 'Three' || self.maxAggregators >= 3", Message = TooFewForThree, FieldPath = ".maxAggregators")]
public sealed record FederatedAggregationSpec
{
    internal const string ModelOrArchitecture = "exactly one of model and architecture must be given";
    internal const string ModelFormatNotHearth = "format must be Hearth: only such a model can be trained";
    internal const string ArchitectureOpen = "inputShape and classes must be given: the aggregator has no data to take them from";
    internal const string TooFewForTwo = "must be 2 or more where hierarchy.levels is Two: the top and a leaf";
    internal const string TooFewForThree = "must be 3 or more where hierarchy.levels is Three: the top and two leaves";
    internal const string Immutable = "cannot be changed, since rounds build on it: make another FederatedAggregation";

    /// <summary>The initial global model, of format Hearth.</summary>
    public ModelReference? Model { get; set; }

    /// <summary>Instead of a model: the built-in model to start from, with random weights made from the seed.</summary>
    public ArchitectureSpec? Architecture { get; set; }

    /// <summary>Seed of the first weights and of the choice of clients.</summary>
    [Range(0, int.MaxValue)]
    public int Seed { get; set; }

    /// <summary>Rounds to publish.</summary>
    [Range(1, 100_000)]
    public int Rounds { get; set; } = 10;

    /// <summary>Which clients take part in a round, and what each does.</summary>
    public ClientsSpec Clients { get; set; } = new();

    /// <summary>When a round ends.</summary>
    public FederationMode Mode { get; set; } = FederationMode.Synchronous;

    /// <summary>How the updates of a round become a model.</summary>
    public StrategySpec Strategy { get; set; } = new();

    /// <summary>Name of the WorkerPool, in the same namespace, that the aggregator comes from.</summary>
    [Length(1, 63)]
    public string Pool { get; set; } = HearthApi.DefaultPool;

    /// <summary>How the updates of a round are gathered: by one aggregator, or by a tree of them.</summary>
    public HierarchySpec Hierarchy { get; set; } = new();

    /// <summary>Workers that aggregate at a time, at most. With fewer than the updates need, each takes more than hierarchy.maxFanIn.</summary>
    [Range(1, 1000)]
    public int MaxAggregators { get; set; } = 16;

    /// <summary>Where updates, models and manifests lie; what a new aggregator goes on from.</summary>
    [Required]
    [ValidationRule("self == oldSelf", Message = Immutable)]
    public FederationOutput Output { get; set; } = new();

    /// <summary>Stops the federation: its aggregator is released and clients get 409. Afterwards it goes on where it was.</summary>
    public bool Suspend { get; set; }
}
