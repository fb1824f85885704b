using System.ComponentModel;
using System.Net;
using System.Text;

namespace Hearth.Benchmarks.Gateway;

/// <summary>Requests over a fixed number of keep-alive connections from one thread, without pipelining.</summary>
/// <remarks>
/// Closed: each connection asks again as soon as it was answered. Open: requests are due at a fixed rate whether or not earlier ones were answered, and
/// latency counts from when a request was due, so a server that stalls is charged for everyone who would have waited (coordinated omission). That holds for a
/// generator that stalls too, so its thread goes before all others then, where it may (root, or CAP_SYS_NICE).
/// A request costs the generator one send, one receive (two for a large body, which is dropped in the kernel) and its share of an epoll wait.
/// </remarks>
internal sealed unsafe class LoadGenerator(Uri target, int connections, TimeProvider time)
{
    private const int MaxEvents = 256;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Part = TimeSpan.FromMilliseconds(100);

    private readonly IPEndPoint _server = new(IPAddress.Parse(target.Host), target.Port);
    private readonly byte[] _request = Encoding.ASCII.GetBytes($"GET {target.PathAndQuery} HTTP/1.1\r\nHost: {target.Authority}\r\nAccept: */*\r\n\r\n");

    /// <summary>Asks for a time, at a rate a second or, without one, as fast as answers come.</summary>
    public LoadResult Run(TimeSpan duration, double? rate = null)
    {
        var epoll = EpollNative.Create(0);
        var all = new LoadConnection[connections];
        try
        {
            for (var i = 0; i < connections; i++)
            {
                all[i] = new(_server, _request);
                Connect(epoll, all[i], i);
            }
            if (rate is not null)
                Schedule(EpollNative.Fifo, 1);
            return new Load(epoll, all, duration, rate, time).Run();
        }
        finally
        {
            if (rate is not null)
                Schedule(EpollNative.Other, 0);
            foreach (var connection in all)
                connection?.Dispose();
            _ = EpollNative.Close(epoll);
        }
    }

    private static void Schedule(int policy, int priority) => _ = EpollNative.SetScheduler(0, policy, &priority);

    private static void Connect(int epoll, LoadConnection connection, int index)
    {
        connection.Connect();
        var change = new EpollNative.Event { Events = EpollNative.In, Data = index };
        if (EpollNative.Control(epoll, EpollNative.Add, connection.Handle, &change) != 0)
            throw new Win32Exception();
    }

    private sealed class Load(int epoll, LoadConnection[] all, TimeSpan duration, double? rate, TimeProvider time)
    {
        private readonly Stack<int> _free = new();
        private readonly List<(long Due, double Milliseconds)> _latencies = new(1 << 16);
        private long _due;
        private long _end;
        private double _interval;
        private long _failed;
        private int _running;

        public LoadResult Run()
        {
            var start = time.GetTimestamp();
            _end = start + (long)(duration.TotalSeconds * time.TimestampFrequency);
            _interval = rate is { } perSecond ? time.TimestampFrequency / perSecond : 0;
            for (var i = all.Length - 1; i >= 0; i--)
                _free.Push(i);
            var sent = 0L;
            _due = start;
            while (true)
            {
                var now = time.GetTimestamp();
                while (_free.Count > 0 && _due < _end && _due <= now)
                {
                    Send(_free.Pop(), rate is null ? now : _due);
                    _due = rate is null ? now : start + (long)(++sent * _interval);
                }
                if (_running == 0 && (_due >= _end || now >= _end))
                    break;
                if (now > _end + (Patience.TotalSeconds * time.TimestampFrequency))
                {
                    _failed += _running;
                    break;
                }
                Wait(rate is null || _due >= _end || _free.Count == 0 ? null : _due - now);
            }
            var seconds = time.GetElapsedTime(start).TotalSeconds;
            var parts = _latencies.GroupBy(latency => (int)(time.GetElapsedTime(start, latency.Due) / Part)).Select(Sorted);
            return new(_latencies.Count, _failed, seconds, Sorted(_latencies), [.. parts]);
        }

        private static double[] Sorted(IEnumerable<(long Due, double Milliseconds)> latencies) => [.. latencies.Select(latency => latency.Milliseconds).Order()];

        private void Wait(long? ticks)
        {
            var events = stackalloc EpollNative.Event[MaxEvents];
            var timeout = ticks is { } left ? time.GetElapsedTime(0, Math.Max(left, 0)) : TimeSpan.FromMilliseconds(100);
            var spec = new EpollNative.Timespec { Seconds = (long)timeout.TotalSeconds, Nanoseconds = (long)timeout.TotalNanoseconds % 1_000_000_000 };
            var count = EpollNative.Wait(epoll, events, MaxEvents, &spec, 0);
            for (var i = 0; i < count; i++)
                OnReadable((int)events[i].Data);
        }

        private void Send(int index, long due)
        {
            _running++;
            if (!all[index].Send(due))
                OnEnd(index, isAnswered: false);
        }

        private void OnReadable(int index)
        {
            if (all[index].Receive() is { } isAnswered)
                OnEnd(index, isAnswered);
        }

        private void OnEnd(int index, bool isAnswered)
        {
            var now = time.GetTimestamp();
            _running--;
            if (isAnswered)
            {
                _latencies.Add((all[index].Due, time.GetElapsedTime(all[index].Due, now).TotalMilliseconds));
            }
            else
            {
                _failed++;
                Connect(epoll, all[index], index);
            }
            if (rate is null && now < _end)
                Send(index, now);
            else
                _free.Push(index);
        }
    }
}
