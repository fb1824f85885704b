using System.Net;
using Hearth.Api;
using Hearth.Api.Workers;
using Hearth.Gateway.Activations;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

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
internal sealed class Forwarder(HttpMessageInvoker http)
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
        var upgrade = context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } feature ? feature : null;
        using var content = body is null ? null : new RequestBodyContent(body, context.Request.ContentLength, deadline.Token);
        try
        {
            // Not disposed: that would dispose the content, which is still to be stopped.
            var request = RequestFactory.Make(context, destination, upgrade is not null, content);
            // A worker refuses what it is no longer assigned for. A body that cannot be sent twice waits until the worker takes it.
            if (body is not null && destination.Assignment is not null && !body.FitsReplay(context.Request.ContentLength))
                request.Headers.ExpectContinue = true;
            using var response = await http.SendAsync(request, deadline.Token);
            if (IsRefusal(response, out var reason))
                return new(ForwardStatus.Refused, reason);
            AnswerCopier.CopyHead(response, context.Response, coldStart);
            return response.StatusCode == HttpStatusCode.SwitchingProtocols && upgrade is not null
                ? await Tunnel.RunAsync(upgrade, response, deadline)
                : await CopyAnswerAsync(response, context, deadline.Token);
        }
        catch (Exception e)
        {
            return Classify(e, body, deadline.Token);
        }
        finally
        {
            if (content is not null)
                await content.StopAsync();
        }
    }

    private static async Task<ForwardResult> CopyAnswerAsync(HttpResponseMessage response, HttpContext context, CancellationToken cancel)
    {
        try
        {
            await AnswerCopier.CopyBodyAsync(response, context.Response.BodyWriter, cancel);
            AnswerCopier.CopyTrailers(response, context.Response);
            return new(ForwardStatus.Answered);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException)
        {
            context.Abort();
            return new(ForwardStatus.AnswerBroken, Error: e);
        }
    }

    private static ForwardResult Classify(Exception error, RequestBody? body, CancellationToken deadline) => error switch
    {
        _ when deadline.IsCancellationRequested => new(ForwardStatus.Cancelled, Error: error),
        _ when body?.ReadError is { } readError => new(ForwardStatus.BodyFailed, Error: readError),
        // The connect timeout surfaces as a cancellation that nobody asked for.
        OperationCanceledException => new(ForwardStatus.DialFailed, Error: error),
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError } =>
            new(ForwardStatus.DialFailed, Error: error),
        HttpRequestException { HttpRequestError: HttpRequestError.Unknown or HttpRequestError.ResponseEnded or HttpRequestError.HttpProtocolError } or IOException =>
            new(ForwardStatus.Broken, Error: error),
        _ => new(ForwardStatus.InvalidAnswer, Error: error),
    };

    private static bool IsRefusal(HttpResponseMessage response, out RefusalReason reason)
    {
        reason = default;
        return response.StatusCode == HttpStatusCode.ServiceUnavailable
            && response.Headers.NonValidated.TryGetValues(HearthHeaders.Refused, out var value)
            && Enum.TryParse(value.ToString(), ignoreCase: true, out reason);
    }
}
