namespace Hearth.Transport.Streaming;

/// <summary>How objects go from node to node.</summary>
public sealed record StreamingOptions
{
    /// <summary>What both ends know and nobody else; it never travels.</summary>
    public required string Token { get; init; }

    /// <summary>Bytes that have a digest of their own, and are sent again when it is wrong. The default is 4 MiB.</summary>
    public int ChunkBytes { get; init; } = 4 << 20;

    /// <summary>How long nothing may move, beside the time that the bytes themselves may take. The default is 30 seconds.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Bytes per second of the slowest peer that is not given up. The default is 64 KiB.</summary>
    public int LeastBytesPerSecond { get; init; } = 64 << 10;

    /// <summary>How often who waits for memory says that it is still there; under the 4 minutes after which networks forget silent connections. The default is 1 minute.</summary>
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Connections in a row that may fail without a chunk having come. The default is 5.</summary>
    public int Attempts { get; init; } = 5;

    /// <summary>How long to wait before the second connection; twice as long before each further one. The default is 200 ms.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Connections that are served at a time; others wait. The default is 64.</summary>
    public int MaxConnections { get; init; } = 64;

    /// <summary>Every fault, in words; empty when there is none.</summary>
    public IReadOnlyList<string> Validate()
    {
        var faults = new List<string>();
        if (Token.Length == 0)
            faults.Add("the token of streaming is empty");
        if (ChunkBytes is < 1 or > MostChunkBytes)
            faults.Add($"a chunk has {ChunkBytes} bytes: expected 1 to {MostChunkBytes}");
        if (PingInterval <= TimeSpan.Zero || PingInterval >= TimeSpan.FromMinutes(4))
            faults.Add($"pings go every {PingInterval}: expected more than 0 and less than 4 minutes");
        if (StallTimeout <= TimeSpan.Zero || Pause < TimeSpan.Zero)
            faults.Add($"a stall is {StallTimeout} and a pause {Pause}: expected more than 0, and 0 or more");
        if (LeastBytesPerSecond < 1 || Attempts < 1 || MaxConnections < 1)
            faults.Add($"{LeastBytesPerSecond} bytes per second, {Attempts} attempts, {MaxConnections} connections: expected 1 or more of each");
        return faults;
    }

    /// <summary>Most bytes of a chunk.</summary>
    internal const int MostChunkBytes = 64 << 20;

    /// <summary>How long so many bytes may take.</summary>
    internal TimeSpan Allowance(long bytes) => StallTimeout + TimeSpan.FromSeconds(bytes / (double)LeastBytesPerSecond);

    /// <summary>Throws when there is a fault.</summary>
    internal void ThrowIfInvalid()
    {
        if (Validate() is { Count: > 0 } faults)
            throw new ArgumentException(string.Join("; ", faults));
    }
}
