namespace Hearth.Kubernetes.Configuration;

/// <summary>How to reach the API server could not be worked out; the message names the file, the context and what is missing.</summary>
public sealed class KubeConfigException(string message, Exception? inner = null) : Exception(message, inner);
