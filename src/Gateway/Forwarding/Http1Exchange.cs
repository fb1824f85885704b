using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Hearth.Api.Workers;
using Hearth.Gateway.Activations;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Hearth.Gateway.Forwarding;

/// <summary>One request and its answer on one connection over HTTP/1.1.</summary>
/// <remarks>
/// Body and answer pass each other: a worker may answer before it has read all, and read on after it began to answer. The deadline ends an exchange by
/// closing the connection, so that no read or write needs a token of its own.
/// </remarks>
internal sealed class Http1Exchange(
    HttpContext context, ForwardDestination destination, RequestBody? body, WorkerConnections worker, WorkerConnection connection, Deadline deadline, TimeProvider time)
{
    // As SocketsHttpHandler: then the body is sent without having been asked for (RFC 9110, section 10.1.1).
    private static readonly TimeSpan ContinuePatience = TimeSpan.FromSeconds(1);

    private const int MaxInterim = 100;

    private Task _sending = Task.CompletedTask;
    private TaskCompletionSource<bool>? _isBodyAsked;
    private bool _isSent;
    private bool _keeps;

    /// <summary>Sends the request and passes the answer on; then the connection is kept for the next request, or closed.</summary>
    /// <param name="coldStart">What to tell the caller about a cold start, or null.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ForwardResult> RunAsync(ColdStartBreakdown? coldStart)
    {
        var upgrade = context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } feature ? feature : null;
        var isAnswering = false;
        var ending = deadline.Token.UnsafeRegister(static state => ((WorkerConnection)state!).Dispose(), connection);
        try
        {
            connection.Use();
            await SendAsync(upgrade is not null);
            await ReceiveHeadAsync(upgrade is not null);
            var head = connection.Head;
            if (head.Refusal is { } reason)
                return Refuse(head, reason);
            head.CopyTo(context.Response);
            coldStart?.WriteTo(context.Response.Headers);
            isAnswering = true;
            if (head.Status == StatusCodes.Status101SwitchingProtocols)
                return await Tunnel.RunAsync(upgrade!, connection, deadline);
            CopyTrailers(await AnswerBody.CopyAsync(connection, head, context.Response.BodyWriter, deadline.Token));
            _keeps = _isSent && head.KeepsConnection && !HttpMethods.IsConnect(context.Request.Method);
            return new(ForwardStatus.Answered);
        }
        catch (Exception e) when (IsExpected(e))
        {
            if (!isAnswering)
                return Classify(e);
            context.Abort();
            return new(ForwardStatus.AnswerBroken, Error: e);
        }
        finally
        {
            if (!_sending.IsCompleted)
                await StopAsync();
            ending.Dispose();
            if (_keeps && connection.Received.IsEmpty && !deadline.Token.IsCancellationRequested)
                worker.Return(connection);
            else
                connection.Dispose();
        }
    }

    // The last ones are the server's, which does not take every header.
    private static bool IsExpected(Exception e) =>
        e is IOException or SocketException or InvalidDataException or OperationCanceledException or InvalidOperationException or ArgumentException;

    private ForwardResult Classify(Exception error) => error switch
    {
        _ when deadline.Token.IsCancellationRequested => new(ForwardStatus.Cancelled, Error: error),
        _ when body?.ReadError is { } readError => new(ForwardStatus.BodyFailed, Error: readError),
        IOException or SocketException or ObjectDisposedException or OperationCanceledException => new(ForwardStatus.Broken, Error: error),
        _ => new(ForwardStatus.InvalidAnswer, Error: error),
    };

    private async ValueTask SendAsync(bool isUpgrade)
    {
        var request = connection.Request;
        var expects = WriteHead(request, isUpgrade);
        if (body is null)
        {
            await request.FinishAsync();
            _isSent = true;
        }
        else if (expects)
        {
            await request.FlushAsync();
            _isBodyAsked = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _sending = SendBodyAsync(body, _isBodyAsked.Task);
        }
        else
        {
            _sending = SendBodyAsync(body, null);
        }
    }

    /// <summary>Writes the head. True when the worker is to say first that it wants the body.</summary>
    private bool WriteHead(RequestWriter request, bool isUpgrade)
    {
        var caller = context.Request;
        request.BeginHead(caller.Method, destination.PathAndQuery, worker.Authority);
        RequestHeaders.Write(context, destination, request);
        if (isUpgrade)
        {
            RequestHeaders.Write(request, HeaderNames.Connection, HeaderNames.Upgrade);
            RequestHeaders.Write(request, HeaderNames.Upgrade, caller.Headers.Upgrade);
        }
        if (body is null)
        {
            if (HttpMethods.IsPost(caller.Method) || HttpMethods.IsPut(caller.Method) || HttpMethods.IsPatch(caller.Method))
                request.EndHead(0);
            else
                request.EndHead();
            return false;
        }
        // A worker refuses what it is no longer assigned for. A body that cannot be sent twice waits until the worker takes it.
        var expects = HopByHop.HasToken(caller.Headers.Expect, "100-continue")
            || (destination.Assignment is not null && !body.FitsReplay(caller.ContentLength));
        if (expects)
            RequestHeaders.Write(request, HeaderNames.Expect, "100-continue");
        request.EndHead(caller.ContentLength);
        return expects;
    }

    private async Task SendBodyAsync(RequestBody body, Task? isAsked)
    {
        try
        {
            if (isAsked is not null)
                await isAsked.WaitAsync(ContinuePatience, time, deadline.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (isAsked is Task<bool> { IsCompleted: true, Result: false })
                return;
            await body.CopyToAsync(connection.Request, deadline.Token);
            await connection.Request.FinishAsync();
            _isSent = true;
        }
        catch (Exception e) when (body.ReadError is not null || e is not SocketException)
        {
            // The worker waits for the rest, which will not come: this ends the wait for its answer too. A socket that fails may still have an answer.
            connection.Dispose();
            throw;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask ReceiveHeadAsync(bool isUpgrade)
    {
        var head = connection.Head;
        var isHead = HttpMethods.IsHead(context.Request.Method);
        for (var interim = 0; interim < MaxInterim; interim++)
        {
            int length;
            while (!head.TryRead(connection.Received.Span, isHead, out length))
                connection.Add(await connection.ReceiveMoreAsync(AnswerHead.MaxSize));
            connection.Consume(length);
            if (head.Status == StatusCodes.Status101SwitchingProtocols && !isUpgrade)
                throw new InvalidDataException("the answer changes the protocol, which nobody asked for");
            if (head.Status is >= 200 or StatusCodes.Status101SwitchingProtocols)
            {
                _isBodyAsked?.TrySetResult(false);
                return;
            }
            if (head.Status == StatusCodes.Status100Continue)
                _isBodyAsked?.TrySetResult(true);
        }
        throw new InvalidDataException($"the worker sent {MaxInterim} interim answers");
    }

    private ForwardResult Refuse(AnswerHead head, RefusalReason reason)
    {
        // Its body is for nobody; one that is not here yet is not worth the wait.
        var isWhole = head.Framing == AnswerFraming.None || (head.Framing == AnswerFraming.Length && head.ContentLength <= connection.Received.Length);
        if (isWhole && head.Framing == AnswerFraming.Length)
            connection.Consume((int)head.ContentLength!.Value);
        _keeps = isWhole && _isSent && head.KeepsConnection;
        return new(ForwardStatus.Refused, reason);
    }

    private void CopyTrailers(List<HeaderLine>? trailers)
    {
        if (trailers is null || !context.Response.SupportsTrailers())
            return;
        foreach (var trailer in trailers)
        {
            if (trailer.Field == AnswerField.Other)
                context.Response.AppendTrailer(trailer.Name, trailer.Value);
        }
    }

    private Task StopAsync()
    {
        _isBodyAsked?.TrySetResult(false);
        connection.Dispose();
        return body!.StopAsync(_sending);
    }
}
