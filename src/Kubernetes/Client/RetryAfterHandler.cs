using System.Net;

namespace Hearth.Kubernetes.Client;

/// <summary>
/// Waits and tries again when the server is busy (429 or 503) and says for how long, for calls that may be sent twice. Everything else is
/// the caller's to retry: it knows what the call was for.
/// </summary>
internal sealed class RetryAfterHandler(TimeProvider time) : DelegatingHandler
{
    private const int MaxRetries = 3;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        for (var retries = 0; ; retries++)
        {
            var response = await base.SendAsync(request, cancellationToken);
            if (retries == MaxRetries || !IsIdempotent(request) || Wait(response) is not { } wait)
                return response;
            response.Dispose();
            await Task.Delay(wait, time, cancellationToken);
        }
    }

    private TimeSpan? Wait(HttpResponseMessage response)
    {
        if (response.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable))
            return null;
        var after = response.Headers.RetryAfter;
        var wait = after?.Delta ?? (after?.Date - time.GetUtcNow());
        return wait is null ? null : TimeSpan.FromTicks(Math.Clamp(wait.Value.Ticks, 0, LongestWait.Ticks));
    }

    // A JSON patch may append; the other patches say what shall be and can be said twice.
    private static bool IsIdempotent(HttpRequestMessage request) =>
        request.Method != HttpMethod.Post && request.Content?.Headers.ContentType?.MediaType != PatchTypes.JsonPatch;
}
