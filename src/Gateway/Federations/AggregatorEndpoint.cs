using Hearth.Activation;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.Meta;

namespace Hearth.Gateway.Federations;

/// <summary>A worker that aggregates for a federation under one assignment.</summary>
internal sealed class AggregatorEndpoint(V1Pod pod)
{
    private readonly CancellationTokenSource _superseded = new();

    /// <summary>Name of the pod.</summary>
    public string Name { get; } = pod.Name();

    /// <summary>Id of the assignment.</summary>
    public string Assignment { get; } = pod.GetAnnotation(HearthAnnotations.Assignment) ?? "";

    /// <summary>Base URL of the data port without a trailing slash.</summary>
    public string Address { get; } = pod.DataUri()?.GetLeftPart(UriPartial.Authority) ?? "";

    /// <summary>Cancelled when another took its place: what it has not answered by then it never will.</summary>
    public CancellationToken Superseded => _superseded.Token;

    /// <summary>Another took its place. Not disposed, since requests may still look at it.</summary>
    public void Supersede() => _superseded.Cancel();
}
