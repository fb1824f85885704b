using System.Net;

namespace Hearth.Gateway.Forwarding;

/// <summary>The connections to one worker that no request uses. Thread-safe.</summary>
internal sealed class WorkerConnections
{
    private readonly Lock _gate = new();
    private readonly Stack<WorkerConnection> _idle = new();
    private readonly TimeProvider _time;
    private long _used;
    private bool _isClosed;

    /// <param name="address">Base URL of the worker.</param>
    /// <param name="time">The clock.</param>
    public WorkerConnections(string address, TimeProvider time)
    {
        // A worker without an address cannot be dialled, which is what a caller is told.
        var uri = Uri.TryCreate(address, UriKind.Absolute, out var parsed) ? parsed : new("http://0.0.0.0:0");
        Authority = uri.Authority;
        Endpoint = IPAddress.TryParse(uri.DnsSafeHost, out var ip) ? new IPEndPoint(ip, uri.Port) : new DnsEndPoint(uri.Host, uri.Port);
        _time = time;
        _used = time.GetTimestamp();
    }

    /// <summary>Host and port.</summary>
    public string Authority { get; }

    /// <summary>Where it listens.</summary>
    public EndPoint Endpoint { get; }

    /// <summary>A connection that is open, the one used last, or null.</summary>
    /// <param name="maxIdle">Those unused for longer are closed.</param>
    public WorkerConnection? TryTake(TimeSpan maxIdle)
    {
        while (true)
        {
            WorkerConnection? last;
            lock (_gate)
            {
                if (!_idle.TryPop(out last))
                    return null;
            }
            if (_time.GetElapsedTime(last.IdleSince) <= maxIdle && !last.IsStale)
                return last;
            last.Dispose();
        }
    }

    /// <summary>Keeps a connection for the next request.</summary>
    public void Return(WorkerConnection connection)
    {
        connection.IdleSince = _time.GetTimestamp();
        lock (_gate)
        {
            _used = connection.IdleSince;
            if (!_isClosed)
            {
                _idle.Push(connection);
                return;
            }
        }
        connection.Dispose();
    }

    /// <summary>Closes those unused for longer than <paramref name="maxIdle"/>. True when the worker was not used for so long, after which
    /// none is kept any more.</summary>
    public bool Sweep(TimeSpan maxIdle)
    {
        lock (_gate)
        {
            var kept = _idle.Where(connection => _time.GetElapsedTime(connection.IdleSince) <= maxIdle).Reverse().ToArray();
            foreach (var connection in _idle.Except(kept))
                connection.Dispose();
            _idle.Clear();
            foreach (var connection in kept)
                _idle.Push(connection);
            return _isClosed = _time.GetElapsedTime(_used) > maxIdle;
        }
    }
}
