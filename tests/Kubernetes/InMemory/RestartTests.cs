using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Kubernetes.Client;
using Hearth.Testing;

namespace Hearth.Kubernetes.Tests.InMemory;

/// <summary>A server that crashes before a healthy etcd.</summary>
public sealed class RestartTests : IAsyncLifetime
{
    private readonly ApiServerFixture _server = new();

    public Task InitializeAsync() => _server.InitializeAsync();

    public Task DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task RestartAsync_Always_KeepsObjectsAndTokens()
    {
        await _server.Client.CreateAsync(New("a"));

        await _server.Server.RestartAsync(CancellationToken.None);

        Assert.NotNull(await _server.Client.GetAsync<V1ConfigMap>("a", "default"));
        await _server.Client.CreateAsync(New("b"));
    }

    [Fact]
    public async Task RestartAsync_Watch_BreaksOffAndCannotResumeFromBefore()
    {
        var before = (await _server.Client.ListAsync<V1ConfigMap>("default")).ResourceVersion;
        await _server.Client.CreateAsync(New("a"));
        await using var watch = _server.Client.WatchAsync<V1ConfigMap>("default", new() { ResourceVersion = before }).GetAsyncEnumerator();
        Assert.True(await watch.MoveNextAsync());

        await _server.Server.RestartAsync(CancellationToken.None);

        await Assert.ThrowsAsync<HttpRequestException>(() => watch.MoveNextAsync().AsTask());
        var gone = await Assert.ThrowsAsync<KubernetesException>(
            async () => await _server.Client.WatchAsync<V1ConfigMap>("default", new() { ResourceVersion = before }).FirstAsync());
        Assert.True(gone.IsGone);
    }

    [Fact]
    public async Task RestartAsync_NothingHappenedSince_WatchGoesOn()
    {
        var latest = (await _server.Client.ListAsync<V1ConfigMap>("default")).ResourceVersion;

        await _server.Server.RestartAsync(CancellationToken.None);

        var next = _server.Client.WatchAsync<V1ConfigMap>("default", new() { ResourceVersion = latest }).FirstAsync();
        await _server.Client.CreateAsync(New("a"));
        Assert.Equal("a", (await next).Object.Name());
    }

    private static V1ConfigMap New(string name) => new() { Metadata = new() { Name = name, Namespace = "default" } };
}
