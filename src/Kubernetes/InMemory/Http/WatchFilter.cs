using System.Text.Json.Nodes;
using Hearth.Kubernetes.InMemory.Selectors;
using Hearth.Kubernetes.InMemory.Storage;

namespace Hearth.Kubernetes.InMemory.Http;

/// <summary>What one watcher sees: an object that enters its selection is added, one that leaves it is deleted.</summary>
internal sealed class WatchFilter(string? ns, string? name, LabelSelector labels, FieldSelector fields)
{
    public bool Selects(StoredObject stored) =>
        (ns is null || stored.Key.Namespace == ns) && (name is null || stored.Key.Name == name) && SelectsContent(stored.Json);

    /// <summary>The change as the watcher sees it, or null when it does not.</summary>
    public (ChangeType Type, StoredObject Object)? Translate(Change change)
    {
        var after = change.Type != ChangeType.Deleted && Selects(change.Object);
        var before = change.Previous is { } previous && Selects(previous);
        return (before, after) switch
        {
            (false, true) => (ChangeType.Added, change.Object),
            (true, true) => (ChangeType.Modified, change.Object),
            (true, false) when change.Type == ChangeType.Deleted => (ChangeType.Deleted, change.Object),
            (true, false) => (ChangeType.Deleted, change.Previous!.AsOf(change.Object.Version)),
            _ => null,
        };
    }

    private bool SelectsContent(JsonObject entity) => labels.Matches(entity) && fields.Matches(entity);
}
