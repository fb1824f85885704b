using System.Net;
using System.Net.Sockets;
using System.Text;
using Hearth.Api.FederatedAggregations;
using Hearth.Federation.Tree;
using Hearth.Testing;
using Hearth.Worker.Aggregators.Tree;

namespace Hearth.Worker.Tests.Aggregators.Tree;

/// <summary>The way between aggregators, with whatever may be at its other end.</summary>
public sealed class HttpTreeLinkTests
{
    private static readonly SumRequest Request = new(1, "n1", []);

    [Theory]
    [InlineData("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy", "answered 503: busy")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nnull\n", "The answer is null.")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "failed: ")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{}\n", "failed: ")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{\"wei", "")]
    [InlineData("nonsense\r\n\r\n", "failed: ")]
    public async Task Finish_AnswerThatIsNone_IsAnIOException(string answer, string message)
    {
        using var link = new HttpTreeLink("t", TimeProvider.System);
        using var peer = new TcpListener(IPAddress.Loopback, 0);
        peer.Start();
        var served = ServeAsync(peer, answer);

        var e = await Assert.ThrowsAnyAsync<IOException>(() => link.FinishAsync(peer.LocalEndpoint.ToString()!, "a", Request, CancellationToken.None));

        Assert.Contains(message, e.Message, StringComparison.Ordinal);
        Assert.Contains("authorization: bearer t\r\n", (await served).ToLowerInvariant(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(9)]
    [InlineData(-1)]
    public async Task Sum_ThatBreaksOffOrIsAnother_IsAnIOException(long elements)
    {
        using var link = new HttpTreeLink("t", TimeProvider.System);
        using var peer = new TcpListener(IPAddress.Loopback, 0);
        peer.Start();
        // Two elements, and no digest of them.
        byte[] body = [.. "\n\n{\"weight\":1,\"owner\":\"\",\"name\":\"\",\"missing\":[],\"reports\":[]}\n"u8, .. BitConverter.GetBytes(elements), .. new byte[16 + 32]];
        var served = ServeAsync(peer, $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n", body);

        await Assert.ThrowsAnyAsync<IOException>(() => link.SumAsync(Member(peer), Request, (_, _) => { }, CancellationToken.None));

        await served;
    }

    [Fact]
    public async Task Finish_PeerThatNeverAnswers_GivesUp()
    {
        var time = new ManualTimeProvider();
        using var link = new HttpTreeLink("t", time);
        using var peer = new TcpListener(IPAddress.Loopback, 0);
        peer.Start();

        var finish = link.FinishAsync(peer.LocalEndpoint.ToString()!, "a", Request, CancellationToken.None);
        await time.WaitForTimerAsync(TimeSpan.FromMinutes(1));
        time.Advance(TimeSpan.FromMinutes(1));

        var e = await Assert.ThrowsAsync<IOException>(() => finish);
        Assert.Contains("was not answered: nothing came for 30 s", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Finish_CallerThatGivesUp_IsToldThat()
    {
        using var link = new HttpTreeLink("t", TimeProvider.System);
        using var peer = new TcpListener(IPAddress.Loopback, 0);
        peer.Start();
        using var cancel = new CancellationTokenSource();

        var finish = link.FinishAsync(peer.LocalEndpoint.ToString()!, "a", Request, cancel.Token);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => finish);
    }

    [Fact]
    public async Task Place_NobodyThere_IsAnIOException()
    {
        using var link = new HttpTreeLink("t", TimeProvider.System);
        using var peer = new TcpListener(IPAddress.Loopback, 0);
        peer.Start();
        var member = Member(peer);
        peer.Stop();

        await Assert.ThrowsAsync<IOException>(() => link.PlaceAsync(member, new LeafPlace(1, "leaf-1", "n1", "127.0.0.1:1", "a"), CancellationToken.None));
    }

    private static PlannedAggregator Member(TcpListener peer) => new() { Address = peer.LocalEndpoint.ToString()!, AssignmentId = "a", Slot = "leaf-1" };

    /// <summary>Answers one request, and says what its head was.</summary>
    private static async Task<string> ServeAsync(TcpListener peer, string head, byte[]? body = null)
    {
        using var client = await peer.AcceptTcpClientAsync();
        var stream = client.GetStream();
        var request = new StringBuilder();
        var buffer = new byte[4096];
        while (!request.ToString().Contains('}', StringComparison.Ordinal))
            request.Append(Encoding.UTF8.GetString(buffer, 0, await stream.ReadAsync(buffer)));
        await stream.WriteAsync((byte[])[.. Encoding.UTF8.GetBytes(head), .. body ?? []]);
        client.Client.Shutdown(SocketShutdown.Send);
        return request.ToString();
    }
}
