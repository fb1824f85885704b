using System.Runtime.ExceptionServices;

namespace Hearth.Compute.Cpu;

/// <summary>Runs loops on all cores by threads that live as long as the accelerator.</summary>
/// <remarks>
/// A loop is cut into blocks of fixed length and each thread gets one run of consecutive blocks: nothing is stolen, so a core always
/// touches the same memory. Bodies see whole blocks only, so that what they compute cannot depend on the number of threads.
/// While another thread's loop is running, a loop runs on its caller alone.
/// </remarks>
internal sealed class CpuThreads : IDisposable
{
    private readonly SemaphoreSlim[] _wake;
    private readonly ManualResetEventSlim _done = new();
    private Action<int>? _share;
    private ExceptionDispatchInfo? _failure;
    private int _remaining;
    private int _busy;
    private volatile bool _disposed;

    public CpuThreads(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Count = count;
        _wake = [.. Enumerable.Range(0, count - 1).Select(_ => new SemaphoreSlim(0))];
        for (var i = 0; i < _wake.Length; i++)
        {
            var index = i;
            new Thread(() => Help(index)) { IsBackground = true, Name = $"compute {index + 1}" }.Start();
        }
    }

    /// <summary>Threads that compute, the caller's among them.</summary>
    public int Count { get; }

    /// <summary>Calls the body with the start and length of every block of [0, length). Blocks of one thread come in order.</summary>
    public void ForBlocks(long length, int blockLength, Action<long, int> body)
    {
        var blocks = (length + blockLength - 1) / blockLength;
        var shares = (int)Math.Min(blocks, Count);
        if (shares <= 1 || Interlocked.CompareExchange(ref _busy, 1, 0) != 0)
        {
            Run(0, blocks);
            return;
        }
        try
        {
            RunShares(shares, share => Run(blocks * share / shares, blocks * (share + 1) / shares));
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }

        void Run(long from, long to)
        {
            for (var block = from; block < to; block++)
                body(block * blockLength, (int)Math.Min(blockLength, length - (block * blockLength)));
        }
    }

    /// <summary>Ends the threads; no loop may be running.</summary>
    public void Dispose()
    {
        _disposed = true;
        foreach (var wake in _wake)
            wake.Release();
    }

    private void RunShares(int shares, Action<int> share)
    {
        _share = share;
        _failure = null;
        _remaining = shares - 1;
        _done.Reset();
        for (var i = 0; i < shares - 1; i++)
            _wake[i].Release();
        Try(share, 0);
        // The helpers use memory that the caller may free: even a failed loop waits for them.
        _done.Wait();
        _share = null;
        _failure?.Throw();
    }

    private void Help(int index)
    {
        while (true)
        {
            _wake[index].Wait();
            if (_disposed)
                return;
            Try(_share!, index + 1);
            if (Interlocked.Decrement(ref _remaining) == 0)
                _done.Set();
        }
    }

    private void Try(Action<int> share, int index)
    {
        try
        {
            share(index);
        }
        catch (Exception e)
        {
            _failure = ExceptionDispatchInfo.Capture(e);
        }
    }
}
