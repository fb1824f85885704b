using Hearth.Activation;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.Meta;

namespace Hearth.Gateway.Federations;

/// <summary>A worker that aggregates for a federation under one assignment.</summary>
internal sealed class AggregatorEndpoint : IDisposable
{
    /// <summary>Slot of the one that leads the rounds, and takes what no other does.</summary>
    public const string Top = "top";

    private readonly CancellationTokenSource _superseded = new();

    public AggregatorEndpoint(V1Pod pod)
    {
        Name = pod.Name();
        Slot = SlotOf(pod);
        Assignment = pod.GetAnnotation(HearthAnnotations.Assignment) ?? "";
        Address = pod.DataUri()?.GetLeftPart(UriPartial.Authority) ?? "";
        Superseded = _superseded.Token;
    }

    /// <summary>Name of the pod.</summary>
    public string Name { get; }

    /// <summary>Its place in the federation's tree.</summary>
    public string Slot { get; }

    /// <summary>Id of the assignment.</summary>
    public string Assignment { get; }

    /// <summary>Base URL of the data port without a trailing slash.</summary>
    public string Address { get; }

    /// <summary>Cancelled when another took its place: what it has not answered by then it never will.</summary>
    public CancellationToken Superseded { get; }

    /// <summary>The place that a pod has in its federation's tree.</summary>
    public static string SlotOf(V1Pod pod) => pod.GetAnnotation(HearthAnnotations.AggregatorSlot) ?? Top;

    /// <summary>Another took its place. Requests may still look at it, and see that.</summary>
    public void Dispose()
    {
        _superseded.Cancel();
        _superseded.Dispose();
    }
}
