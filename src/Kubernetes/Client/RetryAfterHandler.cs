using System.Globalization;
using System.Net;
using Hearth.Kubernetes.Telemetry;

namespace Hearth.Kubernetes.Client;

/// <summary>
/// Waits and tries again when the server is too busy to begin (429), or for a call that may be sent twice, is unavailable (503), and says for how long. Everything else is
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
            if (retries == MaxRetries || !MayBeSentAgain(request, response) || Wait(response) is not { } wait)
                return response;
            KubernetesMetrics.RestRetries.Add(
                1, new("code", ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture)), new("verb", request.Method.Method), new("host", request.RequestUri?.Authority));
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

    // 429 says that nothing was done. A JSON patch may append; the other patches say what shall be and can be said twice.
    private static bool MayBeSentAgain(HttpRequestMessage request, HttpResponseMessage response) =>
        response.StatusCode == HttpStatusCode.TooManyRequests || request.Method != HttpMethod.Post && request.Content?.Headers.ContentType?.MediaType != PatchTypes.JsonPatch;
}
