using Hearth.Api.Workers;

namespace Hearth.Gateway.Activations;

/// <summary>
/// Remembers for a moment that a function's model does not load, so that each of many callers does not try it again. Not thread-safe.
/// </summary>
internal sealed class FailureMemory(TimeProvider time)
{
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxBackoff = TimeSpan.FromSeconds(10);

    private AssignmentFailure? _failure;
    private long _generation;
    private long _failedAt;
    private TimeSpan _backoff;

    /// <summary>Records a failure of that generation of the function. Failures in a row double the back-off.</summary>
    public void Record(AssignmentFailure failure, long generation)
    {
        var inRow = _failure is not null && _generation == generation;
        _backoff = !inRow ? FirstBackoff : _backoff * 2 < MaxBackoff ? _backoff * 2 : MaxBackoff;
        (_failure, _generation, _failedAt) = (failure, generation, time.GetTimestamp());
    }

    /// <summary>The failure that still holds for that generation, or null when it may be tried.</summary>
    public AssignmentFailure? Current(long generation) =>
        _failure is not null && _generation == generation && time.GetElapsedTime(_failedAt) < _backoff ? _failure : null;

    /// <summary>Forgets: it loaded.</summary>
    public void Clear() => _failure = null;
}
