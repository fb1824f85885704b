using Hearth.Api.Gateways;
using Hearth.Kubernetes.Controllers;

namespace Hearth.Gateway.Functions;

/// <summary>Counts the requests of one function and integrates them over time. Not thread-safe.</summary>
internal sealed class LoadCounter(TimeProvider time)
{
    private long _changed = time.GetTimestamp();
    private double _concurrencySeconds;
    private long _requests;
    private DateTimeOffset? _lastActive;

    /// <summary>Requests in the gateway now.</summary>
    public int Concurrency { get; private set; }

    /// <summary>A request arrived.</summary>
    public void Enter()
    {
        Advance();
        Concurrency++;
        _requests++;
    }

    /// <summary>A request ended.</summary>
    public void Exit()
    {
        Advance();
        Concurrency--;
    }

    /// <summary>The load now.</summary>
    public FunctionLoad Report(ObjectKey function, int queued)
    {
        var elapsed = time.GetElapsedTime(_changed).TotalSeconds;
        return new()
        {
            Namespace = function.Namespace,
            Name = function.Name,
            Concurrency = Concurrency,
            Queued = queued,
            ConcurrencySeconds = _concurrencySeconds + (Concurrency * elapsed),
            Requests = _requests,
            LastActive = Concurrency > 0 ? time.GetUtcNow() : _lastActive,
        };
    }

    private void Advance()
    {
        var now = time.GetTimestamp();
        _concurrencySeconds += Concurrency * time.GetElapsedTime(_changed, now).TotalSeconds;
        _changed = now;
        _lastActive = time.GetUtcNow();
    }
}
