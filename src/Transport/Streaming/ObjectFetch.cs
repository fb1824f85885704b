using System.Net;
using System.Net.Sockets;
using Hearth.Transport.Shares;

namespace Hearth.Transport.Streaming;

/// <summary>Brings an object from another node into this one's share: received where it will be read, checked chunk by chunk, taken up where a connection broke.</summary>
public sealed class ObjectFetch : IDisposable
{
    private readonly NodeShare _share;
    private readonly IPEndPoint _server;
    private readonly StreamingOptions _options;
    private readonly TimeProvider _time;
    private readonly ShareEntry _wanted;
    private readonly string _name;
    private ShareDraft? _draft;
    private ObjectVersion _version;
    private long _verified;

    private ObjectFetch(NodeShare share, IPEndPoint server, ShareEntry wanted, string name, StreamingOptions options, TimeProvider time)
    {
        (_share, _server, _wanted, _name, _options, _time) = (share, server, wanted, name, options, time);
    }

    /// <summary>Brings an object.</summary>
    /// <param name="share">Where to.</param>
    /// <param name="server">Who gives it.</param>
    /// <param name="wanted">Owner and name there. Its length is what it must have, unless it is negative.</param>
    /// <param name="name">Name here.</param>
    /// <param name="options">Token, times and sizes.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>The sealed object, all of it verified.</returns>
    /// <exception cref="StreamingException">It did not come; says why.</exception>
    /// <exception cref="ShareException">There is no place for it.</exception>
    public static async Task<ShareObject> RunAsync(
        NodeShare share, IPEndPoint server, ShareEntry wanted, string name, StreamingOptions options, TimeProvider time, CancellationToken cancel)
    {
        options.ThrowIfInvalid();
        ShareNames.Check("an owner", wanted.Owner);
        ShareNames.Check("an object", wanted.Name);
        using var fetch = new ObjectFetch(share, server, wanted, name, options, time);
        return await fetch.RunAsync(cancel);
    }

    /// <summary>Gives up what is not complete.</summary>
    public void Dispose() => _draft?.Dispose();

    private async Task<ShareObject> RunAsync(CancellationToken cancel)
    {
        for (var failures = 0; ;)
        {
            var before = _verified;
            try
            {
                await ConnectAsync(cancel);
                return _draft!.Seal();
            }
            catch (StreamingException e) when (e.IsWorthAnotherTry)
            {
                failures = _verified > before ? 1 : failures + 1;
                if (failures >= _options.Attempts)
                    throw new StreamingException(e.Fault, $"Object \"{_wanted.Owner}/{_wanted.Name}\" did not come from {_server} in {failures} attempts; {_verified} bytes had. The last one: {e.Message}", e);
            }
            await Task.Delay(_options.Pause * (1 << Math.Min(failures - 1, 10)), _time, cancel);
        }
    }

    private async Task ConnectAsync(CancellationToken cancel)
    {
        var socket = new Socket(_server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var line = new StreamingLine(socket, _options, _time);
        await line.ConnectAsync(_server, cancel);
        var challenge = new byte[StreamingHandshake.ChallengeLength];
        await line.ReceiveAsync(challenge, cancel);
        if (!StreamingHandshake.IsChallenge(challenge))
            throw new StreamingException(StreamingFault.OutOfStep, $"{_server} does not give objects, or of another version.");
        var handshake = new StreamingHandshake(_options.Token, challenge);
        await line.SendAsync(handshake.Request(_wanted.Owner, _wanted.Name), cancel);
        var answer = new byte[StreamingHandshake.AnswerLength];
        await line.ReceiveAsync(answer, cancel);
        var (verdict, length, version) = handshake.ReadAnswer(answer);
        Check(verdict, length);
        var key = handshake.ChunkKey();
        await PrepareAsync(line, length, version, key, cancel);
        await line.SendAsync(new ChunkFrame(_verified, ChunkFrame.Begin).Write(key, []), cancel);
        while (_verified < length)
            await ReceiveChunkAsync(line, key, cancel);
        await line.SendAsync(new byte[1], cancel);
    }

    private void Check(StreamingVerdict verdict, long length)
    {
        if (verdict == StreamingVerdict.TurnedAway)
            throw new StreamingException(StreamingFault.TurnedAway, $"{_server} and this process do not have the same token: object \"{_wanted.Owner}/{_wanted.Name}\" was not asked for.");
        if (verdict == StreamingVerdict.NotFound)
            throw new StreamingException(StreamingFault.NotFound, $"There is no object \"{_wanted.Owner}/{_wanted.Name}\" at {_server}.");
        if (length < 0 || (_wanted.Length >= 0 && length != _wanted.Length))
            throw new StreamingException(StreamingFault.OutOfStep, $"Object \"{_wanted.Owner}/{_wanted.Name}\" at {_server} has {length} bytes, expected {_wanted.Length}.");
    }

    /// <summary>Memory for the object; while it is waited for, the server is told that somebody does.</summary>
    private async Task PrepareAsync(StreamingLine line, long length, ObjectVersion version, byte[] key, CancellationToken cancel)
    {
        if (_draft is not null && (_draft.Length != length || _version != version))
        {
            // Another object has the name now.
            _draft.Dispose();
            (_draft, _verified) = (null, 0);
        }
        _version = version;
        if (_draft is not null)
            return;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var draft = _share.CreateAsync(_name, length, either.Token);
        try
        {
            while (await Task.WhenAny(draft, Task.Delay(_options.PingInterval, _time, either.Token)) != draft)
                await line.SendAsync(new ChunkFrame(0, ChunkFrame.Ping).Write(key, []), cancel);
        }
        catch
        {
            await either.CancelAsync();
            await ((Task)draft).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (draft.IsCompletedSuccessfully)
                draft.Result.Dispose();
            throw;
        }
        _draft = await draft;
        await either.CancelAsync();
    }

    private async Task ReceiveChunkAsync(StreamingLine line, byte[] key, CancellationToken cancel)
    {
        var bytes = new byte[ChunkFrame.Length];
        await line.ReceiveAsync(bytes, cancel);
        var frame = ChunkFrame.Read(bytes);
        if (frame.Offset != _verified || frame.Count < 1 || frame.Count > StreamingOptions.MostChunkBytes || frame.Count > _draft!.Length - _verified)
            throw new StreamingException(StreamingFault.Corrupt, $"A chunk of {frame.Count} bytes at {frame.Offset} was announced, expected one at {_verified} within {_draft!.Length}.");
        var chunk = _draft.Buffer.AsMemory(_verified, frame.Count);
        await line.ReceiveAsync(chunk, cancel);
        _share.Counters.AddReceived(frame.Count);
        if (!ChunkFrame.IsGenuine(key, bytes, chunk.Span))
            throw new StreamingException(StreamingFault.Corrupt, $"The chunk of {frame.Count} bytes at {_verified} was changed on the way.");
        _verified += frame.Count;
    }
}
