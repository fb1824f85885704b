using System.Globalization;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Hearth.Kubernetes.Controllers;
using Hearth.Kubernetes.InMemory.Kinds;
using Hearth.Kubernetes.InMemory.Storage;
using Microsoft.Extensions.Logging;

namespace Hearth.Kubernetes.InMemory.Writes;

/// <summary>
/// What happens in the background after a write: dependants go when all their owners are gone, a namespace takes its content with it, a
/// definition takes its objects with it, and old events are forgotten.
/// </summary>
internal sealed partial class GarbageCollector(
    ObjectStore store, KindRegistry kinds, ResourceDeleter deleter, TimeProvider time, ILogger<GarbageCollector> logger)
{
    private static readonly TimeSpan EventLifetime = TimeSpan.FromHours(1);
    private static readonly TimeSpan EventSweepPeriod = TimeSpan.FromMinutes(5);

    // Unbounded, but a write adds one entry at most and the collector only touches memory: it keeps up with any writer that speaks HTTP.
    private readonly Channel<Change> _work = Channel.CreateUnbounded<Change>(new() { SingleReader = true });

    /// <summary>Called by the store after each write.</summary>
    public void Observe(Change change)
    {
        var entity = change.Object;
        var mayMatter = change.Type == ChangeType.Deleted || entity.Owners.Count > 0 || entity.Json.IsDeleting();
        if (mayMatter)
            _work.Writer.TryWrite(change);
    }

    /// <summary>Collects until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        using var sweep = time.CreateTimer(_ => ForgetOldEvents(), null, EventSweepPeriod, EventSweepPeriod);
        await foreach (var change in _work.Reader.ReadAllAsync(cancel))
        {
            try
            {
                Collect(change);
            }
            catch (Exception e)
            {
                // One object that cannot be collected must not keep the rest.
                Log.NotCollected(logger, change.Object.Resource, change.Object.Key, e);
            }
        }
    }

    private void Collect(Change change)
    {
        var entity = change.Object;
        if (change.Type != ChangeType.Deleted)
        {
            if (entity.Owners.Count > 0 && !entity.Json.IsDeleting())
                DeleteIfOrphaned(entity);
            if (entity.Json.IsDeleting() && entity.Resource == ObjectStore.Namespaces)
                EmptyNamespace(entity.Key.Name);
            if (entity.Json.IsDeleting() && Has(entity.Json, ResourceDeleter.ForegroundFinalizer))
                DeleteDependants(entity.Uid);
            if (entity.Json.IsDeleting() && Has(entity.Json, ResourceDeleter.OrphanFinalizer))
                OrphanDependants(entity.Uid);
            return;
        }
        foreach (var dependant in store.Dependants(entity.Uid))
            DeleteIfOrphaned(dependant);
        foreach (var owner in entity.Owners)
            FinishForeground(owner);
        if (entity.Resource == BuiltInKinds.CustomResourceDefinition.GroupResource)
            RemoveAll(entity.Key.Name);
        if (entity.Key.Namespace.Length > 0)
            FinishNamespace(entity.Key.Namespace);
    }

    private void DeleteIfOrphaned(StoredObject dependant)
    {
        if (dependant.Owners.All(o => store.ByUid(o) is null))
            Delete(dependant);
    }

    private void DeleteDependants(string uid)
    {
        foreach (var dependant in store.Dependants(uid))
            Delete(dependant);
        FinishForeground(uid);
    }

    private void OrphanDependants(string uid)
    {
        foreach (var dependant in store.Dependants(uid))
        {
            var current = dependant;
            while (current is not null && store.TryReplace(current, WithoutOwner(current.Json, uid)) is null)
                current = store.ByUid(current.Uid);
        }
        RemoveFinalizer(uid, ResourceDeleter.OrphanFinalizer);
    }

    private static JsonObject WithoutOwner(JsonObject dependant, string uid)
    {
        var result = dependant.Copy();
        var owners = result.Metadata()["ownerReferences"].Objects().Where(o => o.Text("uid") != uid).Select(o => o.DeepClone()).ToArray();
        result.Metadata()["ownerReferences"] = new JsonArray(owners);
        return result;
    }

    private void FinishForeground(string owner)
    {
        if (!store.Dependants(owner).Any(d => BlocksOwner(d, owner)))
            RemoveFinalizer(owner, ResourceDeleter.ForegroundFinalizer);
    }

    private void RemoveFinalizer(string uid, string finalizer)
    {
        while (store.ByUid(uid) is { } live && live.Json.IsDeleting() && Has(live.Json, finalizer))
        {
            var next = live.Json.Copy();
            var left = live.Json.Finalizers();
            left.Remove(finalizer);
            next.Metadata()["finalizers"] = Json.ToArray(left);
            // A namespace goes with the last of its content, not before, however often it is tried.
            var ends = left.Count == 0 && live.Resource != ObjectStore.Namespaces;
            if ((ends ? store.TryRemove(live) : store.TryReplace(live, next)) is not null)
                return;
        }
    }

    private void EmptyNamespace(string name)
    {
        foreach (var entity in store.ContentOf(name))
            Delete(entity);
        FinishNamespace(name);
    }

    private void FinishNamespace(string name)
    {
        // The store refuses while there is content; the last object to go brings us here again.
        if (store.Get(ObjectStore.Namespaces, new("", name)) is { } live && live.Json.IsDeleting() && !live.Json.HasFinalizers())
            store.TryRemove(live);
    }

    private void RemoveAll(string resource)
    {
        foreach (var entity in store.List(resource, null).Items)
            store.TryRemove(entity);
    }

    private void Delete(StoredObject entity)
    {
        if (kinds.Find(entity.Resource) is not { } kind)
            return;
        try
        {
            deleter.Delete(new(kind, entity.Key.Namespace, entity.Key.Name) { Uid = entity.Uid });
        }
        catch (StatusException e) when (e.Status.Code is 404 or 409)
        {
            // Gone already, or replaced by a namesake.
        }
    }

    private void ForgetOldEvents()
    {
        var limit = time.GetUtcNow() - EventLifetime;
        foreach (var entity in store.List(BuiltInKinds.Event.GroupResource, null).Items)
        {
            var last = entity.Json.Text("lastTimestamp") ?? entity.Json.Metadata().Text("creationTimestamp");
            if (DateTimeOffset.TryParse(last, CultureInfo.InvariantCulture, out var seen) && seen < limit)
                store.TryRemove(entity);
        }
    }

    private static bool Has(JsonObject entity, string finalizer) => entity.Finalizers().Contains(finalizer);

    private static bool BlocksOwner(StoredObject dependant, string owner) => dependant.Json.Metadata()["ownerReferences"].Objects()
        .Any(o => o.Text("uid") == owner && o["blockOwnerDeletion"].IsTrue());

    private static partial class Log
    {
        [LoggerMessage(EventId = 301, Level = LogLevel.Error, Message = "{Resource} {Key} could not be collected")]
        public static partial void NotCollected(ILogger logger, string resource, ObjectKey key, Exception exception);
    }
}
