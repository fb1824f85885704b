using Hearth.Api.WorkerPools;

namespace Hearth.Operator.Status;

/// <summary>What is said of pools that are named.</summary>
internal static class PoolMessages
{
    /// <summary>The pool is there.</summary>
    public static string Found(string pool) => $"WorkerPool \"{pool}\" is there.";

    /// <summary>The pool is not there, and how it is made.</summary>
    public static string NotFound(string pool, string ns) =>
        $"There is no WorkerPool \"{pool}\" in namespace \"{ns}\". Name another in spec.pool, or make it: "
        + $$$"""echo '{"apiVersion":"{{{WorkerPool.Definition.ApiVersion}}}","kind":"{{{WorkerPool.Definition.Kind}}}","metadata":{"name":"{{{pool}}}","namespace":"{{{ns}}}"}}' | kubectl apply -f -""";
}
