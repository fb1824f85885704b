using Hearth.Api.Meta;

namespace Hearth.Kubernetes.Controllers;

/// <summary>Records an event on an object, as <c>kubectl describe</c> shows it. Never throws; equal events are counted, not repeated.</summary>
/// <param name="entity">The object the event is about.</param>
/// <param name="reason">One word in Pascal case.</param>
/// <param name="message">A sentence for people.</param>
/// <param name="warning">True for <c>Warning</c>, false for <c>Normal</c>.</param>
/// <param name="cancel">Gives up.</param>
public delegate Task EventPublisher(IKubernetesObject entity, string reason, string message, bool warning, CancellationToken cancel);
