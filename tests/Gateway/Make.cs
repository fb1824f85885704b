using Hearth.Api.InferenceFunctions;
using Hearth.Api.WorkerPools;

namespace Hearth.Gateway.Tests;

/// <summary>Objects as users write them.</summary>
internal static class Make
{
    public const string Namespace = "shop";

    public static InferenceFunction Function(string name = "fn", int concurrency = 0, int max = 10, TimeSpan? timeout = null) => new()
    {
        ApiVersion = InferenceFunction.Definition.ApiVersion,
        Kind = InferenceFunction.Definition.Kind,
        Metadata = new() { Name = name, Namespace = Namespace, Uid = name, Generation = 1 },
        Spec = new()
        {
            Model = new() { Uri = "file:///model.onnx" },
            Concurrency = concurrency,
            Scale = new() { Max = max },
            Timeout = timeout ?? TimeSpan.FromSeconds(30),
        },
    };

    public static WorkerPool Pool(string name = "default") => new()
    {
        ApiVersion = WorkerPool.Definition.ApiVersion,
        Kind = WorkerPool.Definition.Kind,
        Metadata = new() { Name = name, Namespace = Namespace, Uid = $"pool-{name}" },
    };
}
