using Hearth.Api.Dapr;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Meta;
using Hearth.Kubernetes.Crds;
using Hearth.Operator.InferenceFunctions;
using Hearth.Testing;

namespace Hearth.Operator.Tests.InferenceFunctions;

public sealed class DaprEndpointsTests : IAsyncLifetime
{
    private const string Gateway = "http://hearth-gateway.hearth-system.svc:80";
    private const string Apply = "apply HTTPEndpoint fn";

    private readonly ManualTimeProvider _time = new();
    private readonly List<string> _events = [];
    private readonly ApiServerFixture _withDapr = new() { Options = new() { Definitions = [.. CrdManifests.Definitions, DaprDefinition.HttpEndpoint] } };
    private readonly ApiServerFixture _without = new();

    public Task InitializeAsync() => Task.WhenAll(_withDapr.InitializeAsync(), _without.InitializeAsync());

    public Task DisposeAsync() => Task.WhenAll(_withDapr.DisposeAsync(), _without.DisposeAsync());

    [Fact]
    public async Task EnsureAsync_NewFunction_GetsAnEndpointThatItOwns()
    {
        var (endpoints, client, function) = await StartAsync(_withDapr);

        await endpoints.EnsureAsync(function, Gateway, default);

        var endpoint = await client.GetAsync<HttpEndpoint>("fn", MakeFunction.DefaultNamespace);
        Assert.Equal($"{Gateway}/functions/default/fn", endpoint!.Spec.BaseUrl);
        Assert.True(endpoint.IsOwnedBy(function));
        Assert.Equal([Apply], client.Writes);
    }

    [Fact]
    public async Task EnsureAsync_NothingChanged_WritesNothing()
    {
        var (endpoints, client, function) = await StartAsync(_withDapr);
        await endpoints.EnsureAsync(function, Gateway, default);
        await endpoints.EnsureAsync(function, Gateway, default);
        _time.Advance(TimeSpan.FromMinutes(11));
        await endpoints.EnsureAsync(function, Gateway, default);

        await new DaprEndpoints(client, PublishAsync, _time).EnsureAsync(function, Gateway, default);

        Assert.Equal([Apply], client.Writes);
    }

    [Fact]
    public async Task EnsureAsync_GatewayMoved_MovesTheEndpoint()
    {
        var (endpoints, client, function) = await StartAsync(_withDapr);
        await endpoints.EnsureAsync(function, Gateway, default);

        await endpoints.EnsureAsync(function, "http://elsewhere/", default);
        await endpoints.EnsureAsync(function, null, default);

        Assert.Equal("http://elsewhere/functions/default/fn", (await client.GetAsync<HttpEndpoint>("fn", MakeFunction.DefaultNamespace))!.Spec.BaseUrl);
        Assert.Equal([Apply, Apply], client.Writes);
    }

    [Fact]
    public async Task EnsureAsync_EndpointDeleted_IsMadeAgainLater()
    {
        var (endpoints, client, function) = await StartAsync(_withDapr);
        await endpoints.EnsureAsync(function, Gateway, default);
        await _withDapr.Client.DeleteAsync<HttpEndpoint>("fn", MakeFunction.DefaultNamespace);

        _time.Advance(TimeSpan.FromMinutes(11));
        await endpoints.EnsureAsync(function, Gateway, default);

        Assert.Equal([Apply, Apply], client.Writes);
    }

    [Fact]
    public async Task EnsureAsync_EndpointOfSomebodyElse_IsLeftAndTold()
    {
        var (endpoints, client, function) = await StartAsync(_withDapr);
        await _withDapr.Client.CreateAsync(new HttpEndpoint
        {
            ApiVersion = HttpEndpoint.Definition.ApiVersion,
            Kind = HttpEndpoint.Definition.Kind,
            Metadata = new() { Name = "fn", Namespace = MakeFunction.DefaultNamespace },
            Spec = new() { BaseUrl = "https://example.com" },
        });

        await endpoints.EnsureAsync(function, Gateway, default);

        Assert.Empty(client.Writes);
        Assert.Equal([DaprEndpoints.NameTaken], _events);
    }

    [Fact]
    public async Task EnsureAsync_NoDaprInTheCluster_DoesNothingUntilItComes()
    {
        var (endpoints, client, function) = await StartAsync(_without);
        await endpoints.EnsureAsync(function, Gateway, default);
        Assert.Empty(client.Writes);

        using var definition = new StringContent(DaprDefinition.HttpEndpoint.ToJsonString(), null, "application/json");
        using var answer = await _without.Http.PostAsync(new Uri("apis/apiextensions.k8s.io/v1/customresourcedefinitions", UriKind.Relative), definition);
        answer.EnsureSuccessStatusCode();
        await endpoints.EnsureAsync(function, Gateway, default);
        Assert.Empty(client.Writes);

        _time.Advance(TimeSpan.FromMinutes(11));
        await endpoints.EnsureAsync(function, Gateway, default);
        Assert.Equal([Apply], client.Writes);
    }

    private async Task<(DaprEndpoints Endpoints, RecordingClient Client, InferenceFunction Function)> StartAsync(ApiServerFixture api)
    {
        var client = new RecordingClient(api.Client);
        return (new(client, PublishAsync, _time), client, await api.Client.CreateAsync(new MakeFunction().Build()));
    }

    private Task PublishAsync(IKubernetesObject entity, string reason, string message, bool warning, CancellationToken cancel)
    {
        _events.Add(reason);
        return Task.CompletedTask;
    }
}
