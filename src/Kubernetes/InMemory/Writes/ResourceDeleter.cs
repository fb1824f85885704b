using System.Text.Json.Nodes;
using Hearth.Kubernetes.InMemory.Apply;
using Hearth.Kubernetes.InMemory.Kinds;
using Hearth.Kubernetes.InMemory.Storage;

namespace Hearth.Kubernetes.InMemory.Writes;

/// <summary>
/// Deletes objects. One that has finalizers, content (a namespace) or a process that must end (a pod on a node) is marked first and goes when
/// the last of them is done.
/// </summary>
internal sealed class ResourceDeleter(ObjectStore store, TimeProvider time)
{
    public const string ForegroundFinalizer = "foregroundDeletion";
    public const string OrphanFinalizer = "orphan";

    private const long DefaultGraceSeconds = 30;
    private static readonly string[] Protected = ["default", "kube-system"];

    /// <summary>Deletes an object, or marks it for deletion.</summary>
    /// <returns>Its last state, and whether it is gone already.</returns>
    public (JsonObject Entity, bool Gone) Delete(DeleteRequest request)
    {
        if (request.Kind == BuiltInKinds.Namespace && Protected.Contains(request.Name))
            throw Refusal.Forbidden(request.Kind, request.Name, "this namespace may not be deleted");
        while (true)
        {
            var live = store.Require(request.Kind, request.Namespace, request.Name);
            CheckPreconditions(request, live);
            var grace = GraceSeconds(request, live.Json);
            var finalizers = Finalizers(request, live.Json);
            var waits = grace > 0 || finalizers.Count > 0 || request.Kind == BuiltInKinds.Namespace;
            if (request.DryRun)
                return (live.Json, !waits);
            if (!waits)
            {
                if (store.TryRemove(live) is { } last)
                    return (last.Json, true);
                continue;
            }
            var marked = Mark(request.Kind, live.Json, grace, finalizers);
            if (JsonNode.DeepEquals(live.Json, marked))
                return (live.Json, false);
            if (store.TryReplace(live, marked) is { } stored)
                return (stored.Json, false);
        }
    }

    private static void CheckPreconditions(DeleteRequest request, StoredObject live)
    {
        if (request.Uid is { } uid && uid != live.Uid)
            throw Refusal.DeletePrecondition(request.Kind, request.Name, "UID", uid, live.Uid);
        var version = live.Json.Metadata().Text("resourceVersion")!;
        if (request.ResourceVersion is { } wanted && wanted != version)
            throw Refusal.DeletePrecondition(request.Kind, request.Name, "ResourceVersion", wanted, version);
    }

    /// <summary>Only a pod that a node runs needs time to end.</summary>
    private static long GraceSeconds(DeleteRequest request, JsonObject live)
    {
        var isOnNode = request.Kind == BuiltInKinds.Pod && live.AtPath("spec.nodeName").Text() is { Length: > 0 };
        if (!isOnNode || live.AtPath("status.phase").Text() is "Succeeded" or "Failed")
            return 0;
        var asked = Math.Max(0, request.GracePeriodSeconds ?? live["spec"].Integer("terminationGracePeriodSeconds") ?? DefaultGraceSeconds);
        // A second delete may shorten the time, never lengthen it.
        return Math.Min(asked, live.Metadata().Integer("deletionGracePeriodSeconds") ?? asked);
    }

    /// <summary>Those of the object, and the one that keeps it until the collector has seen to its dependants.</summary>
    private static List<string> Finalizers(DeleteRequest request, JsonObject live)
    {
        var finalizers = live.Finalizers();
        var added = request.Propagation switch
        {
            DeleteRequest.Foreground => ForegroundFinalizer,
            DeleteRequest.Orphan => OrphanFinalizer,
            _ => null,
        };
        if (added is not null && !finalizers.Contains(added))
            finalizers.Add(added);
        return finalizers;
    }

    private JsonObject Mark(ResourceKind kind, JsonObject live, long grace, List<string> finalizers)
    {
        var marked = live.Copy();
        var metadata = marked.Metadata();
        if (finalizers.Count > 0)
            metadata["finalizers"] = Json.ToArray(finalizers);
        if (!live.IsDeleting() || grace < metadata.Integer("deletionGracePeriodSeconds"))
        {
            metadata["deletionTimestamp"] = ManagedFields.Stamp(time.GetUtcNow().AddSeconds(grace));
            metadata["deletionGracePeriodSeconds"] = grace;
        }
        if (!live.IsDeleting() && kind.HasGeneration)
            metadata["generation"] = (metadata.Integer("generation") ?? 0) + 1;
        if (kind == BuiltInKinds.Namespace)
            marked.GetOrAdd("status")["phase"] = "Terminating";
        return marked;
    }
}
