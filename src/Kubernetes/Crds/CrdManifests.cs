using System.Text.Json.Nodes;
using Hearth.Api.FederatedAggregations;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.TrainingJobs;
using Hearth.Api.WorkerPools;

namespace Hearth.Kubernetes.Crds;

/// <summary>The definitions of Hearth's kinds: what <c>hearth crds</c> writes into <c>crds/</c> and the local cluster serves.</summary>
public static class CrdManifests
{
    /// <summary>The definitions, as JSON.</summary>
    public static IReadOnlyList<JsonObject> Definitions { get; } =
    [
        CrdGenerator.Generate<WorkerPool>(),
        CrdGenerator.Generate<InferenceFunction>(),
        CrdGenerator.Generate<FederatedAggregation>(),
        CrdGenerator.Generate<TrainingJob>(),
    ];

    /// <summary>The same as YAML, by file name.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = Definitions.ToDictionary(FileName, YamlWriter.Write);

    private static string FileName(JsonObject definition)
    {
        var spec = definition["spec"]!;
        return $"{spec["group"]}_{spec["names"]!["plural"]}.yaml";
    }
}
