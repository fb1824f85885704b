using Hearth.Kubernetes.Queues;
using Hearth.Kubernetes.Telemetry;

namespace Hearth.Kubernetes.Client;

/// <summary>Holds calls back that come faster than a client may ask (client-go's QPS and burst).</summary>
internal sealed class RateLimitHandler(double perSecond, int burst, TimeProvider time) : DelegatingHandler
{
    private readonly Lock _lock = new();
    private readonly TokenBucket _calls = new(perSecond, burst, time);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        TimeSpan wait;
        lock (_lock)
            wait = _calls.Take();
        KubernetesMetrics.RestRateLimiterDuration.Record(wait.TotalSeconds, new("verb", request.Method.Method), new("host", request.RequestUri?.Authority));
        if (wait > TimeSpan.Zero)
            await Task.Delay(wait, time, cancellationToken);
        return await base.SendAsync(request, cancellationToken);
    }
}
