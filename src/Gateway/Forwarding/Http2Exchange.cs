using Hearth.Api;
using Hearth.Api.Workers;
using Hearth.Gateway.Activations;
using Microsoft.AspNetCore.Http;

namespace Hearth.Gateway.Forwarding;

/// <summary>One request and its answer over HTTP/2, by the framework's client.</summary>
internal static class Http2Exchange
{
    /// <summary>Sends the request and passes the answer on.</summary>
    public static async Task<ForwardResult> RunAsync(
        HttpMessageInvoker http, HttpContext context, ForwardDestination destination, RequestBody? body, ColdStartBreakdown? coldStart, Deadline deadline)
    {
        using var content = body is null ? null : new RequestBodyContent(body, context.Request.ContentLength, deadline.Token);
        try
        {
            // Not disposed: that would dispose the content, which is still to be stopped.
            var request = RequestMessage.Make(context, destination, content);
            if (body is not null && destination.Assignment is not null && !body.FitsReplay(context.Request.ContentLength))
                request.Headers.ExpectContinue = true;
            using var response = await http.SendAsync(request, deadline.Token);
            if (IsRefusal(response, out var reason))
                return new(ForwardStatus.Refused, reason);
            AnswerCopier.CopyHead(response, context.Response, coldStart);
            return await CopyAnswerAsync(response, context, deadline.Token);
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
        return (int)response.StatusCode == StatusCodes.Status503ServiceUnavailable
            && response.Headers.NonValidated.TryGetValues(HearthHeaders.Refused, out var value)
            && Enum.TryParse(value.ToString(), ignoreCase: true, out reason);
    }
}
