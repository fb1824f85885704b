namespace Hearth.Kubernetes.Client;

/// <summary>What a watch event says. Errors are thrown, not returned.</summary>
public enum WatchEventType
{
    Added,
    Modified,
    Deleted,
    Bookmark,
}
