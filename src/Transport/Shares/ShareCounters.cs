namespace Hearth.Transport.Shares;

/// <summary>Bytes of objects, by the way they went, since the share was opened.</summary>
public sealed class ShareCounters
{
    private long _received;
    private long _copied;
    private long _mapped;
    private long _sent;

    /// <summary>Read by the system from a socket straight to where they lie in an object: the one copy that nothing can spare.</summary>
    public long Received => Interlocked.Read(ref _received);

    /// <summary>Copied by this process from memory into an object; what came over HTTP goes through the server's buffer.</summary>
    public long Copied => Interlocked.Read(ref _copied);

    /// <summary>Made visible in this process without being copied.</summary>
    public long Mapped => Interlocked.Read(ref _mapped);

    /// <summary>Sent by the system from an object to a socket.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    internal void AddReceived(long bytes) => Interlocked.Add(ref _received, bytes);

    internal void AddCopied(long bytes) => Interlocked.Add(ref _copied, bytes);

    internal void AddMapped(long bytes) => Interlocked.Add(ref _mapped, bytes);

    internal void AddSent(long bytes) => Interlocked.Add(ref _sent, bytes);
}
