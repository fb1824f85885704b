using System.Text;

namespace Hearth.Testing;

/// <summary>A watch that breaks off, stalls, repeats a line, swaps two lines or says that its version is gone.</summary>
internal sealed class FaultyWatch(Stream body, FaultyTransport faults) : Stream
{
    private const string Gone = """{"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Expired","code":410}}""";

    private readonly StreamReader _lines = new(body);
    private ReadOnlyMemory<byte> _rest;
    private string? _held;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_rest.IsEmpty)
        {
            if (await NextAsync(cancellationToken) is not { } text)
                return 0;
            _rest = Encoding.UTF8.GetBytes(text);
        }
        var count = Math.Min(buffer.Length, _rest.Length);
        _rest[..count].CopyTo(buffer);
        _rest = _rest[count..];
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _lines.Dispose();
        base.Dispose(disposing);
    }

    private async Task<string?> NextAsync(CancellationToken cancel)
    {
        if (_held is { } held)
        {
            _held = null;
            return held + "\n";
        }
        if (await _lines.ReadLineAsync(cancel) is not { } line)
            return null;
        if (faults.Chance(300, "watch broken off"))
            throw new IOException("The watch broke off, as the test wanted.");
        if (faults.Chance(500, "410"))
            return Gone + "\n";
        if (faults.Chance(100, "repeated"))
            _held = line;
        else if (faults.Chance(300, "swapped") && await _lines.ReadLineAsync(cancel) is { } after)
            (line, _held) = (after, line);
        if (faults.Chance(faults.StallOneWatchIn, "stalled"))
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancel);
        return line + "\n";
    }
}
