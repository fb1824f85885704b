using System.Net;

namespace Hearth.Gateway.Forwarding;

/// <summary>One attempt to send a <see cref="RequestBody"/>.</summary>
internal sealed class RequestBodyContent(RequestBody body, long? length, CancellationToken deadline) : HttpContent
{
    private readonly CancellationTokenSource _stopping = CancellationTokenSource.CreateLinkedTokenSource(deadline);
    private Task _copying = Task.CompletedTask;

    /// <summary>
    /// Ends the attempt and waits until it reads no more from the caller. A worker may answer before it has read the whole body, and the server takes
    /// the caller's body back once the request is over.
    /// </summary>
    public async Task StopAsync()
    {
        if (!_copying.IsCompleted)
            await _stopping.CancelAsync();
        await _copying.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => _copying = body.CopyToAsync(stream, _stopping.Token);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        SerializeToStreamAsync(stream, context);

    protected override bool TryComputeLength(out long computed)
    {
        computed = length ?? 0;
        return length is not null;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _stopping.Dispose();
        base.Dispose(disposing);
    }
}
