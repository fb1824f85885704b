using Hearth.Api.Core;
using Hearth.Operator.Workers;

namespace Hearth.Operator.InferenceFunctions;

/// <summary>A worker that is to be given back.</summary>
internal readonly record struct WorkerRelease(V1Pod Worker, ReleaseReason Reason);
