using Hearth.Api.TrainingJobs;

namespace Hearth.Operator.TrainingJobs;

/// <summary>What the operator keeps about one job between reconciles. A restart loses it: a silent worker then has as much time again.</summary>
internal sealed class JobMemory
{
    private readonly Dictionary<string, DateTimeOffset> _silentSince = [];

    /// <summary>The status as it was written last, which the informer may not have seen; null before the first.</summary>
    public TrainingJobStatus? Written { get; set; }

    /// <summary>Takes note of an answer, or that there was none. Returns how long the worker has been silent.</summary>
    public TimeSpan Hear(string worker, bool isSilent, DateTimeOffset now)
    {
        if (isSilent)
            _silentSince.TryAdd(worker, now);
        else
            _silentSince.Remove(worker);
        return _silentSince.TryGetValue(worker, out var since) ? now - since : TimeSpan.Zero;
    }
}
