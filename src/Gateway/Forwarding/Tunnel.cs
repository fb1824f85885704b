using Microsoft.AspNetCore.Http.Features;

namespace Hearth.Gateway.Forwarding;

/// <summary>Bytes both ways between caller and worker after both changed the protocol, for example to WebSocket.</summary>
internal static class Tunnel
{
    private const int BufferSize = 16 * 1024;

    /// <summary>Runs until one side closes. The function's timeout bounds the handshake only: a socket may stay open.</summary>
    public static async Task<ForwardResult> RunAsync(IHttpUpgradeFeature upgrade, HttpResponseMessage response, Deadline deadline)
    {
        deadline.Disarm();
        await using var caller = await upgrade.UpgradeAsync();
        await using var worker = await response.Content.ReadAsStreamAsync(deadline.Token);
        using var closing = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token);
        var up = CopyAsync(caller, worker, closing.Token);
        var down = CopyAsync(worker, caller, closing.Token);
        await Task.WhenAny(up, down);
        await closing.CancelAsync();
        await Task.WhenAll(up, down);
        return new(ForwardStatus.Answered);
    }

    private static async Task CopyAsync(Stream from, Stream to, CancellationToken cancel)
    {
        var buffer = new byte[BufferSize];
        try
        {
            while (await from.ReadAsync(buffer, cancel) is > 0 and var read)
            {
                await to.WriteAsync(buffer.AsMemory(0, read), cancel);
                await to.FlushAsync(cancel);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // Either side may end a socket at any time; the other direction is ended with it.
        }
    }
}
