using Hearth.Api.Workers;

namespace Hearth.Gateway.Activations;

/// <summary>How long the stages of one activation took.</summary>
/// <param name="Path">How the worker was got.</param>
/// <param name="PodAllocation">Claiming the pod, or creating it and waiting for it to be Ready.</param>
/// <param name="DeployCode">Fetching the artifact, as the worker says.</param>
/// <param name="DeployDependency">Opening the runtime and building the session, as the worker says.</param>
/// <param name="NotBatched">Why the worker does not batch requests although the function asks for it; null where that does not apply.</param>
internal sealed record ActivationTiming(ColdStartPath Path, TimeSpan PodAllocation, TimeSpan DeployCode, TimeSpan DeployDependency, string? NotBatched = null);
