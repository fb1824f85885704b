using System.Buffers.Text;
using System.Net.Sockets;
using System.Text;

namespace Hearth.Gateway.Forwarding;

/// <summary>Writes requests to a worker's connection over HTTP/1.1 (RFC 9112): the head, and as a stream the body.</summary>
/// <remarks>
/// Head and small parts of the body gather in one buffer, which goes out by <see cref="FlushAsync"/> or when it is full, so that a small request is one
/// write to the socket. Parts beyond <see cref="DirectSize"/> are sent from where they are.
/// </remarks>
internal sealed class RequestWriter(Socket socket) : Stream, IHeaderSink
{
    private const int StartSize = 4 * 1024;
    private const int MaxKept = 16 * 1024;
    private const int DirectSize = 8 * 1024;

    // Hexadecimal length, CR LF before and after the data, and the last chunk.
    private const int ChunkOverhead = 32;

    private byte[] _buffer = new byte[StartSize];
    private int _length;
    private bool _isChunked;

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Begins a head.</summary>
    /// <param name="method">The method.</param>
    /// <param name="target">Path and query. What cannot stand in a request line is percent-encoded.</param>
    /// <param name="authority">Host and port of the worker.</param>
    public void BeginHead(string method, string target, string authority)
    {
        if (_buffer.Length > MaxKept)
            _buffer = new byte[StartSize];
        (_length, _isChunked) = (0, false);
        Put(method);
        Put(" ");
        PutTarget(target);
        Put(" HTTP/1.1\r\nHost: ");
        Put(authority);
        Put("\r\n");
    }

    /// <inheritdoc/>
    public void Begin(string name)
    {
        Put(name);
        Put(": ");
    }

    /// <inheritdoc/>
    public void Append(ReadOnlySpan<char> value) => Put(value);

    /// <inheritdoc/>
    public void End() => Put("\r\n");

    /// <summary>Says how long the body is and ends the head.</summary>
    /// <param name="length">Bytes of the body, null when that is unknown.</param>
    public void EndHead(long? length)
    {
        _isChunked = length is null;
        Put(_isChunked ? "Transfer-Encoding: chunked\r\n\r\n" : "Content-Length: ");
        if (length is not { } bytes)
            return;
        Reserve(ChunkOverhead);
        Utf8Formatter.TryFormat(bytes, _buffer.AsSpan(_length), out var digits);
        _length += digits;
        Put("\r\n\r\n");
    }

    /// <summary>Ends a head without a body.</summary>
    public void EndHead() => Put("\r\n");

    /// <summary>Ends the body.</summary>
    public ValueTask FinishAsync()
    {
        if (_isChunked)
            Put("0\r\n\r\n");
        return SendBufferedAsync();
    }

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
            return ValueTask.CompletedTask;
        if (buffer.Length >= DirectSize || _length + buffer.Length + ChunkOverhead > MaxKept)
            return new(SendAsync(buffer));
        PutChunkHead(buffer.Length);
        Reserve(buffer.Length);
        buffer.Span.CopyTo(_buffer.AsSpan(_length));
        _length += buffer.Length;
        PutChunkEnd();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => SendBufferedAsync().AsTask();

    /// <inheritdoc/>
    public override void Flush() => throw new NotSupportedException();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private async Task SendAsync(ReadOnlyMemory<byte> part)
    {
        PutChunkHead(part.Length);
        await SendBufferedAsync();
        await SendAllAsync(part);
        PutChunkEnd();
    }

    private ValueTask SendBufferedAsync()
    {
        if (_length == 0)
            return ValueTask.CompletedTask;
        var all = _buffer.AsMemory(0, _length);
        _length = 0;
        return SendAllAsync(all);
    }

    private ValueTask SendAllAsync(ReadOnlyMemory<byte> all)
    {
        var sending = socket.SendAsync(all, SocketFlags.None);
        if (!sending.IsCompletedSuccessfully)
            return SendRestAsync(sending, all);
        var sent = sending.Result;
        return sent == all.Length ? ValueTask.CompletedTask : SendRestAsync(new(sent), all);
    }

    private async ValueTask SendRestAsync(ValueTask<int> sending, ReadOnlyMemory<byte> all)
    {
        var sent = await sending;
        while (sent < all.Length)
            sent += await socket.SendAsync(all[sent..], SocketFlags.None);
    }

    private void PutChunkHead(int length)
    {
        if (!_isChunked)
            return;
        Reserve(ChunkOverhead);
        Utf8Formatter.TryFormat(length, _buffer.AsSpan(_length), out var digits, 'x');
        _length += digits;
        Put("\r\n");
    }

    private void PutChunkEnd()
    {
        if (_isChunked)
            Put("\r\n");
    }

    private void Put(ReadOnlySpan<char> text)
    {
        Reserve(text.Length);
        _length += Encoding.Latin1.GetBytes(text, _buffer.AsSpan(_length));
    }

    private void PutTarget(string target)
    {
        if (!target.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            Put(target);
            return;
        }
        foreach (var c in target)
        {
            if (c is >= '!' and <= '~')
                Put([c]);
            else
                Put(Uri.HexEscape(c <= 0xff ? c : '?'));
        }
    }

    private void Reserve(int more)
    {
        if (_buffer.Length - _length < more)
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + more));
    }
}
