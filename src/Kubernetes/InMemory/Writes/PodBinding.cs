using System.Text.Json.Nodes;
using Hearth.Kubernetes.InMemory.Apply;
using Hearth.Kubernetes.InMemory.Kinds;
using Hearth.Kubernetes.InMemory.Storage;

namespace Hearth.Kubernetes.InMemory.Writes;

/// <summary>The <c>binding</c> subresource of pods: a scheduler names the node, once.</summary>
internal sealed class PodBinding(ObjectStore store, TimeProvider time)
{
    /// <summary>Puts a pod on a node.</summary>
    /// <exception cref="StatusException">404: no such pod; 409: it has a node, or is being deleted; 400: no node is named.</exception>
    public void Bind(string ns, string name, JsonObject binding)
    {
        var kind = BuiltInKinds.Pod;
        if (binding.AtPath("target.name").Text() is not { Length: > 0 } node)
            throw Refusal.BadRequest("a binding names its node in target.name");
        while (true)
        {
            var live = store.Require(kind, ns, name);
            if (live.Json.IsDeleting())
                throw Refusal.Conflict(kind, name, $"pod {name} is being deleted, cannot be assigned to a host");
            if (live.Json.AtPath("spec.nodeName").Text() is { Length: > 0 } taken)
                throw Refusal.Conflict(kind, name, $"pod {name} is already assigned to node \"{taken}\"");
            if (store.TryReplace(live, Bound(live.Json, node)) is not null)
                return;
        }
    }

    private JsonObject Bound(JsonObject pod, string node)
    {
        var bound = pod.Copy();
        bound.GetOrAdd("spec")["nodeName"] = node;
        var status = bound.GetOrAdd("status");
        status["conditions"] ??= new JsonArray();
        status["conditions"]!.AsArray().Add((JsonNode)new JsonObject
        {
            ["type"] = "PodScheduled",
            ["status"] = "True",
            ["lastTransitionTime"] = ManagedFields.Stamp(time.GetUtcNow()),
        });
        return bound;
    }
}
