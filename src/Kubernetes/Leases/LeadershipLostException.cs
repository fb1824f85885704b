namespace Hearth.Kubernetes.Leases;

/// <summary>This process no longer leads: it must stop acting at once, and best ends.</summary>
public sealed class LeadershipLostException(string message, Exception? inner = null) : Exception(message, inner);
