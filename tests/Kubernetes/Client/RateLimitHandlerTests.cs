using Hearth.Api.Core;
using Hearth.Api.Telemetry;
using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Configuration;
using Hearth.Testing;

namespace Hearth.Kubernetes.Tests.Client;

public sealed class RateLimitHandlerTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task Send_BeyondTheBurst_WaitsForItsTurn()
    {
        using var metrics = new PrometheusTextExporter();
        using var server = new ScriptedServer();
        var configuration = new KubernetesClientConfiguration { Host = "http://limited.test", RequestsPerSecond = 2, RequestBurst = 1 };
        using var client = new KubernetesClient(configuration, ApiTransport.Chain(configuration, _time, server), _time);
        server.Answer(ConfigMaps.Json("a", 1)).Answer(ConfigMaps.Json("a", 1));
        await client.GetAsync<V1ConfigMap>("a", "ns");

        var second = client.GetAsync<V1ConfigMap>("a", "ns");
        await _time.WaitForTimerAsync(TimeSpan.FromSeconds(0.5));
        Assert.False(second.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.5));

        Assert.NotNull(await second.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Contains("""rest_client_rate_limiter_duration_seconds_sum{verb="GET",host="limited.test"} 0.5""" + "\n", metrics.Write(), StringComparison.Ordinal);
    }
}
