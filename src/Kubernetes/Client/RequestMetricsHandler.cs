using System.Globalization;
using Hearth.Kubernetes.Telemetry;

namespace Hearth.Kubernetes.Client;

/// <summary>Counts requests by answer, as client-go does; a request without an answer has the code <c>&lt;error&gt;</c>.</summary>
internal sealed class RequestMetricsHandler : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var code = "<error>";
        try
        {
            var response = await base.SendAsync(request, cancellationToken);
            code = ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
            return response;
        }
        finally
        {
            KubernetesMetrics.RestRequests.Add(
                1, new("code", code), new("method", request.Method.Method), new("host", request.RequestUri?.Authority));
        }
    }
}
