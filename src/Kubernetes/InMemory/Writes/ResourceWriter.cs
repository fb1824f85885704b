using System.Text.Json.Nodes;
using Hearth.Kubernetes.InMemory.Apply;
using Hearth.Kubernetes.InMemory.Kinds;
using Hearth.Kubernetes.InMemory.Patches;
using Hearth.Kubernetes.InMemory.Storage;

namespace Hearth.Kubernetes.InMemory.Writes;

/// <summary>
/// Creates and changes objects. A change is computed from the current version and swapped in; when another writer was faster it is computed
/// again, so a patch never fails for a race that its author did not ask to be told of.
/// </summary>
internal sealed class ResourceWriter(ObjectStore store, ObjectRules rules, TimeProvider time)
{
    /// <summary>Stores a new object.</summary>
    public JsonObject Create(WriteRequest request, JsonObject body) => Store(request, rules.PrepareCreate(request, body));

    /// <summary>Replaces an object.</summary>
    public JsonObject Update(WriteRequest request, string name, JsonObject body)
    {
        if (request.Kind.IsCustom && body["metadata"].Text("resourceVersion") is null or "")
            throw Refusal.Invalid(request.Kind, name, [Fault.Invalid("metadata.resourceVersion", 0, "must be specified for an update")]);
        return Change(request, name, _ => body.Copy());
    }

    /// <summary>Patches an object.</summary>
    public JsonObject Patch(WriteRequest request, string name, PatchFormat format, JsonNode? patch) => Change(request, name, live =>
        (format switch
        {
            PatchFormat.Json => JsonPatch.Apply(live, patch),
            PatchFormat.Strategic => StrategicMergePatch.Apply(request.Kind, live, AsObject(patch)),
            _ => MergePatch.Apply(live, AsObject(patch)),
        }) as JsonObject ?? throw Refusal.BadRequest("the patched object is no JSON object"));

    /// <summary>Applies the fields that a manager wants, creating the object when it is not there.</summary>
    /// <returns>The object, and whether it is new.</returns>
    public (JsonObject Entity, bool Created) Apply(WriteRequest request, string name, JsonObject wanted)
    {
        if (wanted.Text("apiVersion") is null || wanted.Text("kind") is null)
            throw Refusal.BadRequest("an apply patch names its apiVersion and kind");
        wanted.GetOrAdd("metadata")["name"] ??= name;
        if (wanted.Name() != name)
            throw Refusal.BadRequest($"the name of the object ({wanted.Name()}) does not match the name on the URL ({name})");
        if (wanted.Metadata().ContainsKey("managedFields"))
            throw Refusal.BadRequest("metadata.managedFields must be nil");
        DropNulls(wanted);
        Restrict(request, wanted);
        MetadataRules.CheckShape(request, wanted);
        if (request.Kind.IsCustom)
            CustomResourceRules.Prune(request, wanted);

        if (store.Get(request.Kind.GroupResource, new(request.Namespace, name)) is null && !request.IsStatus)
        {
            try
            {
                return (Store(request, rules.PrepareCreate(request, wanted.Copy(), ManagerIdentity.Apply)), true);
            }
            catch (StatusException e) when (e.Status.Reason == "AlreadyExists")
            {
                // Another writer created it meanwhile: apply to that.
            }
        }
        var manager = request.Manager(ManagerIdentity.Apply);
        var entity = Change(request, name, Merge, recordManager: false);
        return (entity, false);

        JsonObject Merge(JsonObject live)
        {
            var merged = ServerSideApply.Apply(request.Kind, live, wanted, manager, request.Force, time.GetUtcNow());
            foreach (var precondition in new[] { "resourceVersion", "uid" })
            {
                if (wanted.Metadata().ContainsKey(precondition))
                    merged.Metadata().CopyFrom(wanted.Metadata(), precondition);
            }
            return merged;
        }
    }

    /// <summary>Computes the next version of an object until it can be stored.</summary>
    public JsonObject Change(WriteRequest request, string name, Func<JsonObject, JsonObject> change, bool recordManager = true)
    {
        var warnings = request.Warnings.Count;
        while (true)
        {
            var live = store.Require(request.Kind, request.Namespace, name);
            request.Warnings.RemoveRange(warnings, request.Warnings.Count - warnings);
            var next = rules.PrepareUpdate(request, live.Json, change(live.Json), recordManager);
            if (request.DryRun || next == live.Json)
                return next;
            // The last finalizer is gone: so is the object. Pods and namespaces have their own last word.
            var ends = next.IsDeleting() && !next.HasFinalizers() && live.Json.HasFinalizers()
                && request.Kind != BuiltInKinds.Namespace && next.Metadata().Integer("deletionGracePeriodSeconds") is null or 0;
            var stored = ends ? store.TryRemove(live) : store.TryReplace(live, next);
            if (stored is not null)
                return ends ? next : stored.Json;
        }
    }

    private JsonObject Store(WriteRequest request, JsonObject entity)
    {
        var (kind, name) = (request.Kind, entity.Name());
        if (request.DryRun)
            return store.Get(kind.GroupResource, new(entity.Namespace(), name)) is null ? entity : throw Refusal.AlreadyExists(kind, name);
        return store.TryCreate(kind.GroupResource, entity, out var stored) switch
        {
            CreateOutcome.Created => stored!.Json,
            CreateOutcome.Exists => throw Refusal.AlreadyExists(kind, name),
            CreateOutcome.NamespaceMissing => throw Refusal.NotFound(BuiltInKinds.Namespace, request.Namespace),
            _ => throw Refusal.NamespaceTerminating(kind, name, request.Namespace),
        };
    }

    private static JsonObject AsObject(JsonNode? patch) =>
        patch as JsonObject ?? throw Refusal.BadRequest("a merge patch must be a JSON object");

    /// <summary>Leaves what can be written through the request's subresource.</summary>
    private static void Restrict(WriteRequest request, JsonObject wanted)
    {
        if (request.IsStatus)
        {
            foreach (var property in wanted.Select(p => p.Key).Except(["apiVersion", "kind", "metadata", "status"]).ToList())
                wanted.Remove(property);
            wanted["metadata"] = new JsonObject(wanted.Metadata()
                .Where(p => p.Key is "name" or "namespace" or "resourceVersion" or "uid")
                .Select(p => KeyValuePair.Create(p.Key, p.Value?.DeepClone())));
        }
        else if (request.Kind.HasStatus)
        {
            wanted.Remove("status");
        }
    }

    private static void DropNulls(JsonNode? node)
    {
        if (node is JsonObject entries)
        {
            foreach (var (name, value) in entries.ToList())
            {
                if (value is null)
                    entries.Remove(name);
                else
                    DropNulls(value);
            }
        }
        else if (node is JsonArray list)
        {
            foreach (var element in list)
                DropNulls(element);
        }
    }
}
