using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Hearth.Kubernetes.InMemory.Accounts;
using Hearth.Kubernetes.InMemory.Http;
using Hearth.Kubernetes.InMemory.Kinds;
using Hearth.Kubernetes.InMemory.Storage;
using Hearth.Kubernetes.InMemory.Writes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Hearth.Kubernetes.InMemory;

/// <summary>
/// A Kubernetes API server in memory: a laptop's control plane and a test double. It speaks enough of the API for kubectl and client-go,
/// over plain HTTP on 127.0.0.1, and forgets everything when it stops. README.md beside this file says what it does and what it does not.
/// </summary>
public sealed class InMemoryApiServer : IAsyncDisposable
{
    private static readonly string[] InitialNamespaces = ["default", "kube-system", "kube-node-lease", "hearth-system"];

    private readonly ObjectStore _store;
    private readonly AccessLog _accesses;
    private readonly RequestDelegate _answer;
    private readonly ILoggerFactory _logs;
    private readonly HttpClient _nodes;
    private readonly CancellationTokenSource _stopping;
    private readonly Task _collector;
    private WebApplication _web = null!;

    private InMemoryApiServer(
        ObjectStore store, AccessLog accesses, RequestDelegate answer, ILoggerFactory logs, HttpClient nodes, CancellationTokenSource stopping,
        Task collector, string token)
    {
        _store = store;
        _accesses = accesses;
        _answer = answer;
        _logs = logs;
        _nodes = nodes;
        _stopping = stopping;
        _collector = collector;
        Token = token;
    }

    /// <summary>Where the server listens, for example <c>http://127.0.0.1:41234/</c>.</summary>
    public Uri BaseUri { get; private set; } = null!;

    /// <summary>Bearer token that every call needs, except <c>/healthz</c>, <c>/livez</c>, <c>/readyz</c> and <c>/version</c>.</summary>
    public string Token { get; }

    /// <summary>
    /// A kubeconfig for the server, ready to be written to a file. The token stands in it twice: as the user's, which is what most clients
    /// send, and as the password in the server's URL, because client-go, so kubectl, withholds a user's token from a server without TLS.
    /// </summary>
    /// <param name="context">Name of the cluster, user and context.</param>
    public string Kubeconfig(string context = "hearth") => $$"""
        apiVersion: v1
        kind: Config
        current-context: {{context}}
        clusters:
        - name: {{context}}
          cluster:
            server: {{BaseUri.Scheme}}://{{Authenticator.UserName}}:{{Token}}@{{BaseUri.Authority}}
        users:
        - name: {{context}}
          user:
            token: {{Token}}
        contexts:
        - name: {{context}}
          context:
            cluster: {{context}}
            user: {{context}}
            namespace: default

        """;

    /// <summary>Starts a server with the namespaces of a fresh cluster and the definitions of the options.</summary>
    /// <exception cref="IOException">The port is taken.</exception>
    /// <exception cref="ArgumentException">A definition is refused; the message says why.</exception>
    public static async Task<InMemoryApiServer> StartAsync(
        InMemoryApiServerOptions options, TimeProvider time, ILoggerFactory logs, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.WatchHistory, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.WatchQueue, 1);
        var store = new ObjectStore(options.WatchHistory, options.WatchQueue);
        var kinds = new KindRegistry();
        var deleter = new ResourceDeleter(store, time);
        var collector = new GarbageCollector(store, kinds, deleter, time, logs.CreateLogger<GarbageCollector>());
        store.Changed += kinds.Observe;
        store.Changed += collector.Observe;

        var rules = new ObjectRules(new CustomResourceRules(options.Validators), time, options.Random);
        var writer = new ResourceWriter(store, rules, time);
        Populate(writer, options);

        var token = options.Token ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var nodes = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        var stopping = new CancellationTokenSource();
        var (accounts, accesses) = (new ServiceAccountTokens(store, time), new AccessLog());
        var router = new ApiRouter(
            new Authenticator(token, accounts), accesses, kinds, new DiscoveryHandler(kinds), new OpenApiHandler(kinds), new OpenApiV2Handler(kinds),
            new ReadHandler(store, time), new WatchHandler(store, time, stopping.Token),
            new WriteHandler(store, writer, deleter, new PodBinding(store, time), accounts), new PodLogHandler(store, nodes, options.KubeletToken),
            logs.CreateLogger<ApiRouter>());

        var server = new InMemoryApiServer(store, accesses, AnswerAsync, logs, nodes, stopping, collector.RunAsync(stopping.Token), token);
        try
        {
            await server.ListenAsync(options.Port, cancel);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }

        async Task AnswerAsync(HttpContext http)
        {
            if (options.Intercept is null || !await options.Intercept(http))
                await router.HandleAsync(http);
        }
    }

    /// <summary>What a service account asked for until now, each thing once.</summary>
    public IReadOnlyCollection<ApiAccess> AccessesOf(string ns, string account) => _accesses.Of(Caller.NameOf(ns, account));

    /// <summary>
    /// Breaks off every call and starts anew at the same address, as a server that crashed before a healthy etcd: objects stay, the history
    /// that watches resume from does not.
    /// </summary>
    /// <exception cref="IOException">Somebody else took the port meanwhile.</exception>
    public async Task RestartAsync(CancellationToken cancel)
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _web.StopAsync(now.Token);
        await _web.DisposeAsync();
        _store.ForgetHistory();
        await ListenAsync(BaseUri.Port, cancel);
    }

    /// <summary>Ends every watch and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _web.StopAsync(CancellationToken.None);
        await _web.DisposeAsync();
        try
        {
            await _collector;
        }
        catch (OperationCanceledException)
        {
            // That is how it ends.
        }
        _nodes.Dispose();
        _stopping.Dispose();
    }

    private async Task ListenAsync(int port, CancellationToken cancel)
    {
        _web = BuildWeb(port, _logs);
        _web.Run(_answer);
        await _web.StartAsync(cancel);
        BaseUri = new Uri(_web.Urls.Single());
    }

    private static void Populate(ResourceWriter writer, InMemoryApiServerOptions options)
    {
        foreach (var name in InitialNamespaces)
            writer.Create(new(BuiltInKinds.Namespace, ""), new() { ["metadata"] = new JsonObject { ["name"] = name } });
        foreach (var definition in options.Definitions)
        {
            try
            {
                writer.Create(new(BuiltInKinds.CustomResourceDefinition, ""), definition.Copy());
            }
            catch (StatusException e)
            {
                throw new ArgumentException(e.Message, nameof(options), e);
            }
        }
    }

    /// <summary>Kestrel and nothing else: no configuration files, no environment variables, no claim to Ctrl-C.</summary>
    private static WebApplication BuildWeb(int port, ILoggerFactory logs)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddSingleton(logs);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, port);
            kestrel.Limits.MaxRequestBodySize = RequestBody.MaxDrained;
            kestrel.AddServerHeader = false;
        });
        return builder.Build();
    }

    /// <summary>The server belongs to whoever started it, so signals are not its business.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
