using Hearth.Api.Core;

namespace Hearth.Operator.WorkerPools;

/// <summary>An idle worker that is to go.</summary>
internal readonly record struct PodRemoval(V1Pod Pod, RemovalReason Reason);
