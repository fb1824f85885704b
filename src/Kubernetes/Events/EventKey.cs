namespace Hearth.Kubernetes.Events;

/// <summary>What makes two events the same.</summary>
internal readonly record struct EventKey(string Uid, string Namespace, string Name, string Reason, string Message, bool Warning);
