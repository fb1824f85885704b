using System.Text.Json.Serialization;
using Hearth.Api.Meta;

namespace Hearth.Api.InferenceFunctions;

/// <summary>The part of a function's spec that a worker is made from. A change of it is a new revision; a change of anything else replaces no worker.</summary>
/// <remarks>Stored as the data of a ControllerRevision, so a field once here keeps its name and its default.</remarks>
public sealed record FunctionRevision
{
    public ModelReference? Model { get; set; }

    public FunctionContainer? Container { get; set; }

    [JsonConverter(typeof(SharedTextConverter))]
    public string Pool { get; set; } = HearthApi.DefaultPool;

    public int Concurrency { get; set; }

    public BatchingSpec? Batching { get; set; }

    /// <summary>The part of <paramref name="spec"/>.</summary>
    public static FunctionRevision Of(InferenceFunctionSpec spec) => new()
    {
        Model = spec.Model,
        Container = spec.Container,
        Pool = spec.Pool,
        Concurrency = spec.Concurrency,
        Batching = spec.Batching,
    };

    /// <summary>The function as this revision has it: all that is not revisioned (scale, timeout, traffic, ...) is that of <paramref name="live"/>.</summary>
    public InferenceFunction In(InferenceFunction live) => live with
    {
        Spec = live.Spec with { Model = Model, Container = Container, Pool = Pool, Concurrency = Concurrency, Batching = Batching },
    };
}
