using Hearth.Api.Core;
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
        using var server = new ScriptedServer();
        var configuration = new KubernetesClientConfiguration { Host = "http://cluster.test", RequestsPerSecond = 2, RequestBurst = 1 };
        using var client = new KubernetesClient(configuration, ApiTransport.Chain(configuration, _time, server), _time);
        server.Answer(ConfigMaps.Json("a", 1)).Answer(ConfigMaps.Json("a", 1));
        await client.GetAsync<V1ConfigMap>("a", "ns");

        var second = client.GetAsync<V1ConfigMap>("a", "ns");
        await _time.WaitForTimerAsync(TimeSpan.FromSeconds(0.5));
        Assert.False(second.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.5));

        Assert.NotNull(await second.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task ListMetadataAsync_Always_ReadsMetadataAlone()
    {
        var server = new ApiServerFixture();
        await server.InitializeAsync();
        try
        {
            await server.Client.CreateAsync(new V1ConfigMap { Metadata = new() { Name = "a", Namespace = "default" }, Data = new Dictionary<string, string> { ["k"] = "v" } });

            var list = await server.Client.ListMetadataAsync<V1ConfigMap>("default", new() { Limit = 1 });

            Assert.Equal("a", Assert.Single(list.Items).Name);
            Assert.NotEmpty(list.ResourceVersion);
        }
        finally
        {
            await server.DisposeAsync();
        }
    }
}
