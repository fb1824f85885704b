using Hearth.Api.Meta;

namespace Hearth.Kubernetes.Client;

/// <summary>A list and the version from which to watch on.</summary>
public sealed record KubernetesList<T>(string ResourceVersion, IReadOnlyList<T> Items)
{
    /// <summary>Objects that exist but could not be read as <typeparamref name="T"/>: they were logged and left out, not deleted.</summary>
    public IReadOnlyList<V1ObjectMeta> Unreadable { get; init; } = [];
}
