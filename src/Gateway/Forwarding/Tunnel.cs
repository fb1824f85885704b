using System.Net.Sockets;
using Microsoft.AspNetCore.Http.Features;

namespace Hearth.Gateway.Forwarding;

/// <summary>Bytes both ways between caller and worker after both changed the protocol, for example to WebSocket.</summary>
internal static class Tunnel
{
    private const int BufferSize = 16 * 1024;

    /// <summary>Runs until one side closes. The function's timeout bounds the handshake only: a socket may stay open.</summary>
    public static async Task<ForwardResult> RunAsync(IHttpUpgradeFeature upgrade, WorkerConnection worker, Deadline deadline)
    {
        deadline.Disarm();
        await using var caller = await upgrade.UpgradeAsync();
        using var closing = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token);
        var up = SendAsync(caller, worker, closing.Token);
        var down = ReceiveAsync(worker, caller, closing.Token);
        await Task.WhenAny(up, down);
        await closing.CancelAsync();
        worker.Dispose();
        await Task.WhenAll(up, down);
        return new(ForwardStatus.Answered);
    }

    private static async Task SendAsync(Stream caller, WorkerConnection worker, CancellationToken cancel)
    {
        var buffer = new byte[BufferSize];
        try
        {
            while (await caller.ReadAsync(buffer, cancel) is > 0 and var read)
            {
                for (var sent = 0; sent < read;)
                    sent += await worker.SendAsync(buffer.AsMemory(sent, read - sent));
            }
        }
        catch (Exception e) when (IsEnd(e))
        {
        }
    }

    private static async Task ReceiveAsync(WorkerConnection worker, Stream caller, CancellationToken cancel)
    {
        try
        {
            // What came with the head was said in the new protocol.
            await caller.WriteAsync(worker.Received, cancel);
            worker.Consume(worker.Received.Length);
            await caller.FlushAsync(cancel);
            var buffer = new byte[BufferSize];
            while (await worker.ReceiveAsync(buffer) is > 0 and var read)
            {
                await caller.WriteAsync(buffer.AsMemory(0, read), cancel);
                await caller.FlushAsync(cancel);
            }
        }
        catch (Exception e) when (IsEnd(e))
        {
        }
    }

    /// <summary>Either side may end a socket at any time; the other direction is ended with it.</summary>
    private static bool IsEnd(Exception e) => e is IOException or SocketException or ObjectDisposedException or OperationCanceledException;
}
