namespace Hearth.Kubernetes.Configuration;

/// <summary>What stands in a file that others replace now and then: read again every minute, and kept while it cannot be read.</summary>
internal sealed class FileText(string path, TimeProvider time)
{
    private static readonly TimeSpan ReadAgainAfter = TimeSpan.FromMinutes(1);
    private readonly Lock _lock = new();
    private string? _text;
    private long _readAt;

    /// <exception cref="IOException">It has never been readable.</exception>
    public string Read()
    {
        lock (_lock)
        {
            if (_text is { } known && time.GetElapsedTime(_readAt) < ReadAgainAfter)
                return known;
            try
            {
                _text = File.ReadAllText(path);
                _readAt = time.GetTimestamp();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                if (_text is null)
                    throw e as IOException ?? new IOException(e.Message, e);
            }
            return _text;
        }
    }
}
