using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hearth.Gateway.Tests.Operations;

public sealed class GatewayLeaseTests : IAsyncLifetime
{
    private readonly ApiServerFixture _api = new();
    private readonly CancellationTokenSource _patience = new(TimeSpan.FromSeconds(60));

    public Task InitializeAsync() => _api.InitializeAsync();

    public async Task DisposeAsync()
    {
        await _api.DisposeAsync();
        _patience.Dispose();
    }

    [Fact]
    public async Task Lease_WithoutAdvertisedUrl_NamesThisGateway()
    {
        await using var gateway = await StartAsync(null);
        Assert.Equal(gateway.Url, (await LeaseAsync()).GetAnnotation(HearthAnnotations.GatewayUrl));
    }

    [Fact]
    public async Task Lease_WithAdvertisedUrl_SendsCallersThereAndTheOperatorHere()
    {
        await using var gateway = await StartAsync("http://gateway.example.com/");
        var lease = await LeaseAsync();
        Assert.Equal("http://gateway.example.com", lease.GetAnnotation(HearthAnnotations.GatewayUrl));
        Assert.Equal(gateway.OperationsUrl, lease.GetAnnotation(HearthAnnotations.LoadUrl));
    }

    [Theory]
    [InlineData("gateway.example.com")]
    [InlineData("ftp://gateway.example.com")]
    public async Task StartAsync_AdvertisedUrlThatIsNone_IsRefused(string url) =>
        Assert.Contains($"\"{url}\"", (await Assert.ThrowsAsync<ArgumentException>(() => StartAsync(url))).Message, StringComparison.Ordinal);

    private Task<GatewayServer> StartAsync(string? advertised) => GatewayServer.StartAsync(
        new() { Listen = "http://127.0.0.1:0", OperationsListen = "http://127.0.0.1:0", AdvertisedUrl = advertised },
        _api.Client, TimeProvider.System, NullLoggerFactory.Instance, _patience.Token);

    private async Task<V1Lease> LeaseAsync()
    {
        var ns = new GatewayOptions().LeaseNamespace;
        var list = await _api.Client.ListAsync<V1Lease>(ns, cancel: _patience.Token);
        if (list.Items is [var there])
            return there;
        await foreach (var change in _api.Client.WatchAsync<V1Lease>(ns, new() { ResourceVersion = list.ResourceVersion }, _patience.Token))
            return change.Object;
        throw new InvalidOperationException("The watch of leases ended.");
    }
}
