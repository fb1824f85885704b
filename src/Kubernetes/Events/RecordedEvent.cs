namespace Hearth.Kubernetes.Events;

/// <summary>An event the server has.</summary>
internal sealed record RecordedEvent(string Name, string Namespace, int Count, DateTimeOffset LastSeen);
