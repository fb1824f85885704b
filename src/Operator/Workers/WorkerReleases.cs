using Hearth.Activation;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Api.WorkerPools;
using Hearth.Kubernetes.Informers;
using Hearth.Policies.Scaling;
using Microsoft.Extensions.Logging;

namespace Hearth.Operator.Workers;

/// <summary>Gives workers back in the background, since draining lasts as long as the longest request.</summary>
internal sealed partial class WorkerReleases(
    WorkerActivator activator, IInformer<WorkerPool> pools, LoadHistory history, BackgroundWork work, OperatorMetrics metrics, TimeProvider time, ILogger log)
{
    /// <summary>Uids of those among <paramref name="pods"/> that are being released.</summary>
    public HashSet<string> UnderWay(IEnumerable<V1Pod> pods) => pods.Where(p => work.IsBusy(Key(p))).Select(p => p.Uid()).ToHashSet();

    /// <summary>Starts to release a worker, unless that is under way.</summary>
    /// <param name="worker">The worker as the planner saw it.</param>
    /// <param name="reason">Why.</param>
    /// <param name="retry">Called when a release that failed may be tried again, if it is still wanted.</param>
    public void Start(V1Pod worker, ReleaseReason reason, Action retry) => work.Start(
        Key(worker),
        async cancel =>
        {
            Log.Releasing(log, worker.Namespace(), worker.Name(), HearthLabels.Owners.Select(l => worker.GetLabel(l)).FirstOrDefault(o => o is not null), reason);
            // Without its pool a worker is not asked to reset, which one that is silent would never answer.
            var pool = reason == ReleaseReason.Silent ? null : pools.Get(worker.GetLabel(HearthLabels.Pool) ?? "", worker.Namespace());
            // Superseded: what was seen of the worker is old. The news is on its way here; until then the same release would be planned again and again.
            if (await activator.ReleaseAsync(worker, pool, cancel) == ReleaseOutcome.Superseded)
                return false;
            RecordUtility(worker);
            return true;
        },
        retry);

    // By assignment too: a worker may be claimed and released again before it is seen that an earlier release has ended.
    private static string Key(V1Pod worker) => $"Release of worker {worker.Uid()} from assignment \"{worker.GetAnnotation(HearthAnnotations.Assignment)}\"";

    /// <summary>Pod utility ratio (EuroSys 2025): the time a worker was of use, divided by the time its cold start took.</summary>
    private void RecordUtility(V1Pod worker)
    {
        if (worker.ColdStart() is not { Time: { } ready, Total.Ticks: > 0 } coldStart || worker.GetLabel(HearthLabels.Function) is not { } function)
            return;
        var lastActive = history.Get(worker.Namespace(), function, time.GetUtcNow()).LastActive ?? worker.LastUsed() ?? ready;
        var useful = lastActive > ready ? lastActive - ready : TimeSpan.Zero;
        metrics.RecordUtility(worker.Namespace(), function, useful / coldStart.Total);
    }

    private static partial class Log
    {
        [LoggerMessage(2, LogLevel.Information, "Releasing worker \"{Namespace}/{Worker}\" of \"{Owner}\": {Reason}")]
        public static partial void Releasing(ILogger log, string @namespace, string worker, string? owner, ReleaseReason reason);
    }
}
