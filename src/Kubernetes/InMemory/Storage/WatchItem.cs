namespace Hearth.Kubernetes.InMemory.Storage;

/// <summary>What a watcher receives: a change, or (without one) a bookmark: all up to <paramref name="Version"/> was sent.</summary>
internal readonly record struct WatchItem(Change? Change, long Version);
