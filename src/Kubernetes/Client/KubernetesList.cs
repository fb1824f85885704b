namespace Hearth.Kubernetes.Client;

/// <summary>A list and the version from which to watch on.</summary>
public sealed record KubernetesList<T>(string ResourceVersion, IReadOnlyList<T> Items);
