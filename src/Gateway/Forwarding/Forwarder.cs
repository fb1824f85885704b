using System.Net.Sockets;
using Hearth.Gateway.Activations;
using Microsoft.AspNetCore.Http;

namespace Hearth.Gateway.Forwarding;

/// <summary>Sends one request to one worker and its answer back, streaming both.</summary>
/// <remarks>
/// <code>
///   caller ──(1) head──► gateway ──(2) head, then body as it comes──► worker
///          ◄─(4) head──          ◄─(3) head──
///          ◄─(5) body, flushed whenever nothing more is there to read──
/// </code>
/// Until step 4 nothing has reached the caller, so the attempt can be repeated elsewhere; <see cref="ForwardResult"/> says whether the worker may have
/// started the request. After step 4 a failure cuts the caller's connection.
/// </remarks>
internal sealed class Forwarder(WorkerConnector connector, HttpMessageInvoker http2, TimeProvider time)
{
    /// <summary>Makes one attempt.</summary>
    /// <param name="context">The caller's request and response; the response must not have started.</param>
    /// <param name="destination">Where it goes.</param>
    /// <param name="body">The caller's body, or null when it sends none.</param>
    /// <param name="coldStart">What to tell the caller about a cold start, or null.</param>
    /// <param name="deadline">Ends the attempt: the function's timeout, or the caller left.</param>
    public async Task<ForwardResult> SendAsync(
        HttpContext context, ForwardDestination destination, RequestBody? body, ColdStartBreakdown? coldStart, Deadline deadline)
    {
        if (NeedsHttp2(context.Request))
            return await Http2Exchange.RunAsync(http2, context, destination, body, coldStart, deadline);
        try
        {
            var connection = connector.TryTake(destination.Address, destination.Assignment is null)
                ?? await connector.DialAsync(destination.Address, deadline.Token);
            return await SendAsync(context, destination, body, coldStart, deadline, connection);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return NotDialled(e, deadline);
        }
    }

    /// <summary>Makes one attempt over HTTP/1.1 on a connection that is open.</summary>
    public ValueTask<ForwardResult> SendAsync(
        HttpContext context, in ForwardDestination destination, RequestBody? body, ColdStartBreakdown? coldStart, Deadline deadline,
        WorkerConnection connection) =>
        new Http1Exchange(context, destination, body, connector.To(destination.Address), connection, deadline, time).RunAsync(coldStart);

    /// <summary>Outcome of an attempt that got no connection.</summary>
    public static ForwardResult NotDialled(Exception error, Deadline deadline) =>
        new(deadline.Token.IsCancellationRequested ? ForwardStatus.Cancelled : ForwardStatus.DialFailed, Error: error);

    /// <summary>Whether a request is gRPC's, which goes to its worker over HTTP/2.</summary>
    public static bool NeedsHttp2(HttpRequest caller) =>
        HttpProtocol.IsHttp2(caller.Protocol) && caller.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) == true;
}
