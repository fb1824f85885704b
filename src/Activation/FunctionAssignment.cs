using Hearth.Api.InferenceFunctions;
using Hearth.Api.Meta;
using Hearth.Api.Workers;

namespace Hearth.Activation;

/// <summary>The assignment that makes a worker serve a function.</summary>
public static class FunctionAssignment
{
    /// <summary>The assignment of <paramref name="function"/>, its id left to the claim.</summary>
    public static Assignment Of(InferenceFunction function) => new()
    {
        Role = WorkerRole.Function,
        Uid = function.Uid(),
        Namespace = function.Namespace(),
        Name = function.Name(),
        Generation = function.Metadata.Generation ?? 0,
        Model = function.Spec.Model,
        Batching = function.Spec.Batching,
        Concurrency = function.Spec.Concurrency,
    };
}
