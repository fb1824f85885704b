namespace Hearth.Policies.Scaling;

/// <summary>What Knative's autoscaler wants.</summary>
/// <param name="Pods">Pods to have.</param>
/// <param name="ExcessBurst">Requests at once that fit beyond the burst capacity; below 0 the activator stays in the path.</param>
/// <param name="Activators">Activators to have.</param>
/// <param name="State">What to remember.</param>
public readonly record struct KnativeDecision(int Pods, double ExcessBurst, int Activators, KnativeState State);
