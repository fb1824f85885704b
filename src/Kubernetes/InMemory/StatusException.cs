using Hearth.Api.Meta;

namespace Hearth.Kubernetes.InMemory;

/// <summary>The server refuses a request; <see cref="Status"/> is the answer.</summary>
internal sealed class StatusException(V1Status status) : Exception(status.Message)
{
    public V1Status Status { get; } = status;
}
