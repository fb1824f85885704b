using Hearth.Api.Core;
using Hearth.Operator.Workers;

namespace Hearth.Operator.WorkerPools;

/// <summary>A worker that does not start.</summary>
internal sealed record FailingWorker(V1Pod Pod, PodProblem Problem);
