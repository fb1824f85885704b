using System.Text.Json.Nodes;
using Hearth.Api;
using Hearth.Api.Apps;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Meta;
using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Controllers;
using Hearth.Kubernetes.Informers;
using Hearth.Policies.Revisions;

namespace Hearth.Operator.InferenceFunctions;

/// <summary>Keeps functions' revisions as ControllerRevisions, which the functions own.</summary>
internal sealed class RevisionStore
{
    private const string ByFunction = "by-function";

    private readonly IKubernetesClient _client;
    private readonly IInformer<V1ControllerRevision> _stored;

    /// <param name="client">The API server.</param>
    /// <param name="stored">ControllerRevisions with the label <see cref="HearthLabels.Function"/>; must not run yet.</param>
    public RevisionStore(IKubernetesClient client, IInformer<V1ControllerRevision> stored)
    {
        (_client, _stored) = (client, stored);
        stored.AddIndex(ByFunction, r => r.GetLabel(HearthLabels.Function) is { } name ? [new ObjectKey(r.Namespace(), name).ToString()] : []);
    }

    /// <summary>The revisions of a function; not those that another of its name left behind.</summary>
    public IReadOnlyList<V1ControllerRevision> Of(InferenceFunction function) =>
        [.. _stored.ByIndex(ByFunction, new ObjectKey(function.Namespace(), function.Name()).ToString()).Where(r => r.IsOwnedBy(function) && !r.IsDeleting())];

    /// <summary>The function as each of its revisions has it, by hash; the latest too, stored or not.</summary>
    public static Dictionary<string, InferenceFunction> Read(InferenceFunction function, string latest, IEnumerable<V1ControllerRevision> stored)
    {
        var revisions = new Dictionary<string, InferenceFunction>();
        foreach (var one in stored)
        {
            if (StoredRevision.HashOf(function.Name(), one.Name()) is { } hash && StoredRevision.Read(one) is { } revision)
                revisions[hash] = revision.In(function);
        }
        revisions[latest] = function;
        return revisions;
    }

    /// <summary>Carries a plan out.</summary>
    /// <exception cref="KubernetesException">The API server refuses.</exception>
    public async Task KeepAsync(RevisionHistory plan, CancellationToken cancel)
    {
        if (plan.Create is { } created)
            await CreateAsync(created, cancel);
        if (plan.Renumber is { } renumbered)
        {
            var patch = new JsonObject { ["revision"] = renumbered.Revision };
            await _client.PatchAsync<V1ControllerRevision>(renumbered.Name(), renumbered.Namespace(), new(patch), null, cancel);
        }
        foreach (var old in plan.Delete)
            await _client.DeleteAsync<V1ControllerRevision>(old.Name(), old.Namespace(), new() { Uid = old.Uid() }, cancel);
    }

    /// <summary>Stores a revision. One of the name is the same revision, seen too late, or left by a function that is gone, whose end wakes this one.</summary>
    private async Task CreateAsync(V1ControllerRevision revision, CancellationToken cancel)
    {
        try
        {
            await _client.CreateAsync(revision, cancel);
        }
        catch (KubernetesException e) when (e.IsAlreadyExists)
        {
        }
    }
}
