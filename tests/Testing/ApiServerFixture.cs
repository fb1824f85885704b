using System.Net.Http.Headers;
using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Crds;
using Hearth.Kubernetes.InMemory;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Hearth.Testing;

/// <summary>An API server in memory that serves Hearth's kinds. One per test class or per test; use fresh names when tests share it.</summary>
public sealed class ApiServerFixture : IAsyncLifetime
{
    private InMemoryApiServer? _server;

    /// <summary>Options of the server; set before it starts.</summary>
    public InMemoryApiServerOptions Options { get; init; } = new() { Definitions = CrdManifests.Definitions };

    /// <summary>Clock of the server; set before it starts.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where the server listens.</summary>
    public Uri BaseUri => Server.BaseUri;

    /// <summary>Bearer token of the server.</summary>
    public string Token => Server.Token;

    /// <summary>A client with the token.</summary>
    public HttpClient Http { get; private set; } = null!;

    /// <summary>A typed client with the token.</summary>
    public KubernetesClient Client { get; private set; } = null!;

    /// <summary>The server itself.</summary>
    public InMemoryApiServer Server => _server ?? throw new InvalidOperationException("The server is not started: await InitializeAsync first.");

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        _server = await InMemoryApiServer.StartAsync(Options, Time, NullLoggerFactory.Instance, CancellationToken.None);
        Http = new HttpClient { BaseAddress = BaseUri };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        Client = NewClient();
    }

    /// <summary>Another client, as another process would have; the caller disposes it.</summary>
    public KubernetesClient NewClient() => new(new() { Host = BaseUri.ToString(), AccessToken = Token }, TimeProvider.System);

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        Http.Dispose();
        Client.Dispose();
        await Server.DisposeAsync();
    }
}
