namespace Hearth.Kubernetes.Client;

/// <summary>One change, or a bookmark that carries only a resourceVersion.</summary>
public readonly record struct WatchEvent<T>(WatchEventType Type, T Object);
