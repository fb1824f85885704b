using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Configuration;
using Hearth.Kubernetes.Crds;
using Hearth.Kubernetes.InMemory;
using Hearth.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hearth.Conformance.Tests;

/// <summary>The servers that the cases run on, each started when a case first asks for it. Every case has a namespace of its own.</summary>
public sealed class Servers : IAsyncLifetime
{
    public const string Collection = "servers";
    public const string InMemory = "in memory";
    public const string Real = "kube-apiserver";

    private readonly Dictionary<string, HttpClient> _clients = [];
    private readonly Dictionary<string, KubernetesClient> _typed = [];
    private InMemoryApiServer? _memory;
    private KubeApiServer? _real;
    private int _namespaces;

    /// <summary>A client of a server, with a namespace that nobody else uses.</summary>
    public async Task<Api> OpenAsync(string server)
    {
        if (!_clients.TryGetValue(server, out var http))
        {
            http = server == Real ? await StartRealAsync() : await StartInMemoryAsync();
            _clients.Add(server, http);
            _typed.Add(server, new KubernetesClient(ConfigurationOf(server), TimeProvider.System));
            await InstallAsync(server, new Api(http, "default"));
        }
        var ns = $"case-{++_namespaces}";
        var api = new Api(http, ns);
        await api.CreateAsync("/api/v1/namespaces", Objects.Json($$$"""{"metadata":{"name":"{{{ns}}}"}}"""));
        return api;
    }

    /// <summary>Hearth's own client of a server that was opened, with the rights of its owner.</summary>
    public KubernetesClient ClientOf(string server) => _typed[server];

    /// <summary>A plain client of a server that was opened, for whoever brings a token.</summary>
    public HttpClient NewHttp(string server) => server == Real ? _real!.NewHttp() : new() { BaseAddress = _memory!.BaseUri };

    /// <summary>Where a server that was opened listens, for another client of it.</summary>
    public KubernetesClientConfiguration ConfigurationOf(string server) => server == Real
        ? _real!.Configuration
        : new() { Host = _memory!.BaseUri.AbsoluteUri, AccessToken = _memory.Token };

    /// <summary>What a server answered to the creation of a definition.</summary>
    public Dictionary<(string Server, string Name), Answer> Installed { get; } = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var client in _typed.Values)
            client.Dispose();
        if (_memory is not null)
            await _memory.DisposeAsync();
        if (_real is not null)
            await _real.DisposeAsync();
    }

    private async Task<HttpClient> StartRealAsync()
    {
        _real = await KubeApiServer.StartAsync();
        return _real.Http;
    }

    private async Task<HttpClient> StartInMemoryAsync()
    {
        _memory = await InMemoryApiServer.StartAsync(new(), TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);
        var http = new HttpClient { BaseAddress = _memory.BaseUri };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _memory.Token);
        return http;
    }

    /// <summary>
    /// Creates the definitions of Hearth and of the widgets, and waits until each is served. One that is refused is kept for the case that asks.
    /// </summary>
    private async Task InstallAsync(string server, Api api)
    {
        foreach (var definition in CrdManifests.Definitions.Append(Widgets.Definition))
        {
            var name = (string)definition["metadata"]!["name"]!;
            var answer = await api.PostAsync(Api.Definitions, definition.DeepClone());
            Installed[(server, name)] = answer;
            if (answer.Code != 201)
                continue;
            await api.WatchUntilAsync($"{Api.Definitions}?fieldSelector=metadata.name={name}", IsEstablished);
            var plural = (string)definition["spec"]!["names"]!["plural"]!;
            await api.CallUntilAsync(name.StartsWith("widgets", StringComparison.Ordinal) ? api.Widgets : api.Hearth(plural), a => a.Code == 200);
        }
    }

    internal static bool IsEstablished(JsonObject change) =>
        (change["object"]!["status"]?["conditions"] as JsonArray ?? []).Any(c => (string?)c!["type"] == "Established" && (string?)c["status"] == "True");
}
