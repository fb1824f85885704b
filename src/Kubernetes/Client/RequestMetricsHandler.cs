using System.Globalization;
using Hearth.Kubernetes.Telemetry;

namespace Hearth.Kubernetes.Client;

/// <summary>Counts requests by answer and measures them, as client-go does; a request without an answer has the code <c>&lt;error&gt;</c>.</summary>
internal sealed class RequestMetricsHandler(TimeProvider time) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var code = "<error>";
        var startedAt = time.GetTimestamp();
        try
        {
            var response = await base.SendAsync(request, cancellationToken);
            code = ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
            return response;
        }
        finally
        {
            var (method, host) = (request.Method.Method, request.RequestUri?.Authority);
            KubernetesMetrics.RestRequests.Add(1, new("code", code), new("method", method), new("host", host));
            KubernetesMetrics.RestDuration.Record(time.GetElapsedTime(startedAt).TotalSeconds, new("verb", method), new("host", host));
        }
    }
}
