using System.Collections.Frozen;
using Hearth.Kubernetes.InMemory.Storage;

namespace Hearth.Kubernetes.InMemory.Kinds;

/// <summary>The kinds served now: the built-in ones and those of the CustomResourceDefinitions in the store.</summary>
internal sealed class KindRegistry
{
    private volatile FrozenDictionary<string, ResourceKind> _byResource =
        BuiltInKinds.All.ToFrozenDictionary(k => k.GroupResource);

    /// <summary>All kinds, ordered by group and resource.</summary>
    public IReadOnlyList<ResourceKind> All =>
        [.. _byResource.Values.OrderBy(k => k.Group, StringComparer.Ordinal).ThenBy(k => k.Plural, StringComparer.Ordinal)];

    /// <summary>The kind of a group resource such as <c>pods</c> or <c>workerpools.hearth.dev</c>, or null.</summary>
    public ResourceKind? Find(string groupResource) => _byResource.GetValueOrDefault(groupResource);

    /// <summary>The kind served at a path, or null.</summary>
    public ResourceKind? Find(string group, string version, string plural) =>
        Find(group.Length == 0 ? plural : $"{plural}.{group}") is { } kind && kind.Version == version ? kind : null;

    /// <summary>Follows the store: a definition is served from the moment it is committed.</summary>
    public void Observe(Change change)
    {
        if (change.Object.Resource != BuiltInKinds.CustomResourceDefinition.GroupResource)
            return;
        var kinds = new Dictionary<string, ResourceKind>(_byResource);
        var kind = CustomKind.Read(change.Object.Json);
        if (change.Type == ChangeType.Deleted)
            kinds.Remove(kind.GroupResource);
        else
            kinds[kind.GroupResource] = kind;
        _byResource = kinds.ToFrozenDictionary();
    }
}
