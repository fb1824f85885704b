using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Threading.Channels;
using Hearth.Transport.Shares;

namespace Hearth.Transport.Doorbells;

/// <summary>The door of an owner, where neighbours of the node ring. Processes of other users, and what does not say hello, are turned away.</summary>
public sealed class DoorbellListener : IAsyncDisposable
{
    private const int SocketLevel = 1;
    private const int PeerCredentials = 17;
    // struct ucred: pid, uid, gid (unix(7)).
    private const int CredentialsLength = 12;
    private const int UserOffset = 4;

    private readonly Socket _socket;
    private readonly string _path;
    private readonly uint _user;
    private readonly DoorbellOptions _options;
    private readonly TimeProvider _time;
    private readonly Channel<DoorbellVisitor> _visitors = Channel.CreateUnbounded<DoorbellVisitor>();
    private readonly ConcurrentDictionary<DoorbellVisitor, byte> _inside = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private int _callers;

    private DoorbellListener(Socket socket, string path, uint user, DoorbellOptions options, TimeProvider time)
    {
        (_socket, _path, _user, _options, _time) = (socket, path, user, options, time);
        _accepting = AcceptLoop.RunAsync(stop => _socket.AcceptAsync(stop).AsTask(), GreetAsync, time, _stop.Token);
    }

    /// <summary>Hangs a bell in the owner's directory.</summary>
    /// <exception cref="DoorbellException">That is not possible.</exception>
    public static DoorbellListener Bind(NodeShare share, DoorbellOptions options, TimeProvider time) => Bind(share, options, time, PosixNative.User());

    /// <summary>As above, for processes of another user.</summary>
    internal static DoorbellListener Bind(NodeShare share, DoorbellOptions options, TimeProvider time, uint user)
    {
        if (options.Validate() is { Count: > 0 } faults)
            throw new ArgumentException(string.Join("; ", faults), nameof(options));
        var path = PathOf(share, share.Owner);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            // A dead process of this owner may have left one; the owner's lock says that no living one has it.
            File.Delete(path);
            socket.Bind(EndPointOf(path));
            socket.Listen(options.MaxVisitors);
            return new DoorbellListener(socket, path, user, options, time);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new DoorbellException(DoorbellFault.Unreachable, $"No doorbell can be hung at \"{path}\": {e.Message}.", e);
        }
    }

    /// <summary>The next neighbour that has said who it is.</summary>
    public ValueTask<DoorbellVisitor> AcceptAsync(CancellationToken cancel) => _visitors.Reader.ReadAsync(cancel);

    /// <summary>Closes the door and all lines.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _socket.Dispose();
        File.Delete(_path);
        await _accepting;
        foreach (var visitor in _inside.Keys)
            visitor.Dispose();
        _visitors.Writer.TryComplete();
        _stop.Dispose();
    }

    /// <summary>Where an owner's bell hangs.</summary>
    internal static string PathOf(NodeShare share, string owner) => Path.Combine(share.Folder, owner, ShareNames.Bell);

    /// <summary>The address, which the system keeps short.</summary>
    internal static UnixDomainSocketEndPoint EndPointOf(string path)
    {
        try
        {
            return new UnixDomainSocketEndPoint(path);
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new DoorbellException(DoorbellFault.Unreachable, $"\"{path}\" is too long for a doorbell's address: expected about 100 bytes; use a shorter folder or owner's name.", e);
        }
    }

    private async Task GreetAsync(Socket socket)
    {
        using var timeout = new CancellationTokenSource(_options.HelloTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _stop.Token);
        try
        {
            var hello = new byte[DoorbellHello.Size];
            if (Interlocked.Increment(ref _callers) <= _options.MaxVisitors
                && IsOfUser(socket)
                && await DoorbellLine.FillAsync(socket, hello, either.Token)
                && DoorbellHello.Read(hello) is { } owner && ShareNames.IsName(owner))
            {
                var line = new DoorbellLine(socket, owner);
                await line.SendAsync(new(DoorbellFrameType.Welcome, 0, (ushort)_options.Credits, 0, ""), either.Token);
                var visitor = new DoorbellVisitor(line, _options.Credits, Leave);
                _inside.TryAdd(visitor, 0);
                _visitors.Writer.TryWrite(visitor);
                return;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or DoorbellException)
        {
            // Turned away, as any other stranger.
        }
        Interlocked.Decrement(ref _callers);
        socket.Dispose();
    }

    private void Leave(DoorbellVisitor visitor)
    {
        _inside.TryRemove(visitor, out _);
        Interlocked.Decrement(ref _callers);
    }

    private bool IsOfUser(Socket socket)
    {
        Span<byte> credentials = stackalloc byte[CredentialsLength];
        return socket.GetRawSocketOption(SocketLevel, PeerCredentials, credentials) == CredentialsLength
            && BinaryPrimitives.ReadUInt32LittleEndian(credentials[UserOffset..]) == _user;
    }
}
