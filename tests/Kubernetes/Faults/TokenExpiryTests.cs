using System.Net;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Informers;
using Hearth.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hearth.Kubernetes.Tests.Faults;

/// <summary>A service account's token that expires, and that the kubelet replaces too late.</summary>
public sealed class TokenExpiryTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private readonly ApiServerFixture _server;
    private readonly string _file = Path.GetTempFileName();
    private KubernetesClient _client = null!;

    public TokenExpiryTests() => _server = new() { Time = _time };

    public async Task InitializeAsync()
    {
        await _server.InitializeAsync();
        using var account = new StringContent("""{"metadata":{"name":"robot"}}""", null, "application/json");
        (await _server.Http.PostAsync("/api/v1/namespaces/default/serviceaccounts", account)).EnsureSuccessStatusCode();
        await RenewAsync();
        _client = new(new() { Host = _server.BaseUri.AbsoluteUri, TokenFile = _file }, _time);
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
        File.Delete(_file);
    }

    [Fact]
    public async Task GetAsync_TokenExpired_IsRefusedUntilItsFileIsRenewed()
    {
        Assert.NotNull(await _client.GetAsync<V1Namespace>("default", null));

        _time.Advance(TimeSpan.FromMinutes(10));
        var refusal = await Assert.ThrowsAsync<KubernetesException>(() => _client.GetAsync<V1Namespace>("default", null));
        Assert.Equal(HttpStatusCode.Unauthorized, refusal.Code);
        await RenewAsync();
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.NotNull(await _client.GetAsync<V1Namespace>("default", null));
    }

    [Fact]
    public async Task Informer_TokenExpired_GoesOnWhenItsFileIsRenewed()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var options = new InformerOptions { Namespace = "default", BaseDelay = TimeSpan.FromMilliseconds(1), MaxDelay = TimeSpan.FromMilliseconds(50) };
        var informer = new Informer<V1ConfigMap>(_client, options, TimeProvider.System, NullLoggerFactory.Instance, new Random(1));
        var told = Channel.CreateUnbounded<string>();
        informer.Subscribe(change => told.Writer.TryWrite(change.Object.Name()));
        var running = informer.RunAsync(stop.Token);
        await informer.WaitForSyncAsync(stop.Token);

        // Longer than the token lives and than any watch lasts.
        _time.Advance(TimeSpan.FromMinutes(11));
        await _server.Client.CreateAsync(new V1ConfigMap { Metadata = new() { Name = "meanwhile", Namespace = "default" } }, stop.Token);
        await RenewAsync();
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal("meanwhile", await told.Reader.ReadAsync(stop.Token));
        await stop.CancelAsync();
        await running;
    }

    private async Task RenewAsync()
    {
        using var request = new StringContent("""{"spec":{"expirationSeconds":600}}""", null, "application/json");
        using var answer = await _server.Http.PostAsync("/api/v1/namespaces/default/serviceaccounts/robot/token", request);
        await File.WriteAllTextAsync(_file, (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["status"]!["token"]!);
    }
}
