namespace Hearth.Cli.Manifests;

/// <summary>A manifest is no YAML, or not of the shape of a Kubernetes object; the message names the file and the line.</summary>
internal sealed class ManifestException(string message, Exception? cause = null) : Exception(message, cause);
