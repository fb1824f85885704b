namespace Hearth.Kubernetes.Informers;

/// <summary>A watch told a change that came before one it had told already.</summary>
internal sealed class WatchOrderException(string message) : Exception(message);
