using System.Text.Json.Nodes;
using Hearth.Api.Core;
using Hearth.Api.FederatedAggregations;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Meta;
using Hearth.Api.TrainingJobs;
using Hearth.Api.WorkerPools;
using Hearth.Kubernetes.Client;

namespace Hearth.Cli.Manifests;

/// <summary>Applies manifests of Hearth's kinds and of the few they refer to. Anything else is for <c>kubectl</c>.</summary>
internal sealed class ManifestApplier(IKubernetesClient client)
{
    private const string DefaultNamespace = "default";

    /// <summary>Applies every object of a file, relative paths in <c>file:</c> URIs of models left as they are.</summary>
    /// <returns>The objects as stored.</returns>
    /// <exception cref="ManifestException">The file is no manifest, or holds a kind that is not known here.</exception>
    /// <exception cref="KubernetesException">The API server refused an object.</exception>
    public async Task<IReadOnlyList<IKubernetesObject>> ApplyAsync(IEnumerable<JsonObject> documents, string source, CancellationToken cancel)
    {
        var applied = new List<IKubernetesObject>();
        foreach (var document in documents)
            applied.Add(await ApplyAsync(document, source, cancel));
        return applied;
    }

    private async Task<IKubernetesObject> ApplyAsync(JsonObject document, string source, CancellationToken cancel)
    {
        var kind = ((string?)document["apiVersion"], (string?)document["kind"]);
        return kind switch
        {
            _ when Is<WorkerPool>(kind) => await ApplyAsync<WorkerPool>(document, cancel),
            _ when Is<InferenceFunction>(kind) => await ApplyAsync<InferenceFunction>(document, cancel),
            _ when Is<TrainingJob>(kind) => await ApplyAsync<TrainingJob>(document, cancel),
            _ when Is<FederatedAggregation>(kind) => await ApplyAsync<FederatedAggregation>(document, cancel),
            _ when Is<V1Namespace>(kind) => await ApplyAsync<V1Namespace>(document, cancel),
            _ when Is<V1Secret>(kind) => await ApplyAsync<V1Secret>(document, cancel),
            _ when Is<V1ConfigMap>(kind) => await ApplyAsync<V1ConfigMap>(document, cancel),
            _ => throw new ManifestException($"\"{source}\": kind \"{kind.Item2}\" of \"{kind.Item1}\" is not applied by hearth; use kubectl apply."),
        };
    }

    private static bool Is<T>((string? ApiVersion, string? Kind) kind)
        where T : class, IResource<T> => kind == (T.Definition.ApiVersion, T.Definition.Kind);

    private Task<T> ApplyAsync<T>(JsonObject document, CancellationToken cancel)
        where T : class, IResource<T>
    {
        if (T.Definition.Namespaced && document["metadata"] is JsonObject metadata)
            metadata["namespace"] ??= DefaultNamespace;
        return client.ApplyAsync<T>(document, cancel: cancel);
    }
}
