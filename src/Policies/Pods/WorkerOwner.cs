using System.Globalization;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Meta;
using Hearth.Api.Workers;

namespace Hearth.Policies.Pods;

/// <summary>Whom a worker is taken for, as its pod will say it.</summary>
public sealed record WorkerOwner
{
    /// <summary>Namespace of the owner and of its workers.</summary>
    public required string Namespace { get; init; }

    /// <summary>Name of the owner; pods that are made for it are named after it.</summary>
    public required string Name { get; init; }

    /// <summary>The label that carries <see cref="Name"/>: one of <see cref="HearthLabels.Owners"/>.</summary>
    public required string Label { get; init; }

    /// <summary>Owner reference of a pod that is made for it.</summary>
    public required V1OwnerReference Reference { get; init; }

    /// <summary>What the claim writes beside who, when and the assignment's id: some of <see cref="HearthAnnotations.OfClaim"/>.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    /// <summary><see cref="ArtifactKey"/> of what the worker will load; null where no cache can hold it.</summary>
    public string? Artifact { get; init; }

    /// <summary><see cref="ArtifactKey.OfLoaded"/> of its model; null where a worker cannot have it loaded still.</summary>
    public string? Model { get; init; }

    /// <summary>Turns the worker's pod into one that runs the user's container; null where the worker itself does the work. Pure.</summary>
    public Func<V1Pod, V1Pod>? Customize { get; init; }

    /// <summary>A function as owner.</summary>
    public static WorkerOwner Of(InferenceFunction function) => new()
    {
        Namespace = function.Namespace(),
        Name = function.Name(),
        Label = HearthLabels.Function,
        Reference = function.MakeOwnerReference(),
        Annotations = new Dictionary<string, string>
        {
            [HearthAnnotations.FunctionGeneration] = (function.Metadata.Generation ?? 0).ToString(CultureInfo.InvariantCulture),
            [HearthAnnotations.FunctionHash] = FunctionHash.Of(function.Spec),
        },
        Artifact = ArtifactKey.Of(function.Spec.Model),
        Model = ArtifactKey.OfLoaded(function.Spec.Model),
        Customize = function.Spec.Container is { } container ? pod => WorkerPodFactory.RunFunctionContainer(pod, container) : null,
    };
}
