using System.Net;
using System.Net.Sockets;
using Hearth.Transport.Collectives;

namespace Hearth.Transport.Tests.Collectives;

/// <summary>Rank 1 of 2, who introduces itself well and then does what a test wants.</summary>
internal sealed class RawPeer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly TcpClient _toFirst = new();
    private readonly RingHandshake _handshake = new(RingGroup.Identity(1, 2));
    private TcpClient? _fromFirst;

    public RawPeer() => _listener.Start();

    public IPEndPoint Address => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>Connects both ways to rank 0.</summary>
    public async Task MeetAsync(IPEndPoint first)
    {
        await _toFirst.ConnectAsync(first);
        await _toFirst.GetStream().WriteAsync(_handshake.Request());
        _fromFirst = await _listener.AcceptTcpClientAsync().WaitAsync(RingGroup.Patience);
        var request = new byte[RingHandshake.RequestLength];
        await _fromFirst.GetStream().ReadExactlyAsync(request).AsTask().WaitAsync(RingGroup.Patience);
        Assert.True(_handshake.IsWelcome(request));
        await _fromFirst.GetStream().WriteAsync(_handshake.Answer(request, isWelcome: true));
        await _toFirst.GetStream().ReadExactlyAsync(new byte[RingHandshake.AnswerLength]).AsTask().WaitAsync(RingGroup.Patience);
    }

    public async Task SendAsync(byte[] bytes) => await _toFirst.GetStream().WriteAsync(bytes);

    public void Dispose()
    {
        _toFirst.Dispose();
        _fromFirst?.Dispose();
        _listener.Dispose();
    }
}
