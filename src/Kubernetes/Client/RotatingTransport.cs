namespace Hearth.Kubernetes.Client;

/// <summary>
/// Sends over connections that were made with the certificates of the moment. When these are replaced, new calls go over new connections,
/// and the old ones close once their last call has ended and they have been idle for a minute.
/// </summary>
/// <param name="source">The certificates.</param>
/// <param name="connect">Makes a handler whose connections are made with them.</param>
internal sealed class RotatingTransport(TlsIdentitySource source, Func<TlsIdentity, HttpMessageHandler> connect) : HttpMessageHandler
{
    private readonly Lock _lock = new();
    private TlsIdentity? _identity;
    private HttpMessageInvoker? _sockets;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        await With(await source.CurrentAsync(cancellationToken)).SendAsync(request, cancellationToken);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _sockets?.Dispose();
        base.Dispose(disposing);
    }

    private HttpMessageInvoker With(TlsIdentity identity)
    {
        lock (_lock)
        {
            if (_sockets is { } sockets && identity == _identity)
                return sockets;

            // The one before is not disposed of: another thread may be about to send over it.
            (_sockets, _identity) = (new HttpMessageInvoker(connect(identity)), identity);
            return _sockets;
        }
    }
}
