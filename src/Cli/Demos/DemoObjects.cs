using System.Text.Json.Nodes;
using Hearth.Api.FederatedAggregations;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Meta;
using Hearth.Api.TrainingJobs;
using Hearth.Api.WorkerPools;
using Hearth.Cli.Manifests;
using Hearth.Kubernetes.Client;

namespace Hearth.Cli.Demos;

/// <summary>What a demo puts into namespace <c>default</c> of its cluster.</summary>
internal sealed class DemoObjects(IKubernetesClient client)
{
    /// <summary>The namespace.</summary>
    public const string Namespace = "default";

    private readonly Stack<Func<CancellationToken, Task>> _made = new();

    /// <summary>Applies an object, and remembers it if it was not there before.</summary>
    public async Task ApplyAsync(JsonObject entity, CancellationToken cancel)
    {
        var name = (string)entity["metadata"]!["name"]!;
        var kind = (string?)entity["kind"];
        await (kind switch
        {
            _ when kind == WorkerPool.Definition.Kind => NoteAsync<WorkerPool>(name, cancel),
            _ when kind == TrainingJob.Definition.Kind => NoteAsync<TrainingJob>(name, cancel),
            _ when kind == FederatedAggregation.Definition.Kind => NoteAsync<FederatedAggregation>(name, cancel),
            _ => NoteAsync<InferenceFunction>(name, cancel),
        });
        await new ManifestApplier(client).ApplyAsync([entity], name, cancel);
    }

    /// <summary>Removes from a cluster that goes on what the demo put there, and leaves what it found.</summary>
    public async Task RemoveAsync(CancellationToken cancel)
    {
        while (_made.TryPop(out var remove))
            await remove(cancel);
    }

    private async Task NoteAsync<T>(string name, CancellationToken cancel)
        where T : class, IResource<T>
    {
        if (await client.GetAsync<T>(name, Namespace, cancel) is null)
            _made.Push(c => client.DeleteAsync<T>(name, Namespace, cancel: c));
    }
}
