using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Api.Workers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Hearth.Testing;

/// <summary>A worker without a runtime: the control and data ports of the contract on <see cref="Assignment"/>, with answers that the test gives.</summary>
public sealed class FakeWorker : IAsyncDisposable
{
    /// <summary>Token that the control port expects.</summary>
    public const string Token = "worker-token";

    private readonly Lock _gate = new();
    private readonly List<Socket> _reserved = [];
    private readonly WebApplication _app;
    private int _controlPort;
    private int _assignments;
    private int _requests;

    private FakeWorker(HttpProtocols protocols, IPAddress address, int dataPort, int controlPort)
    {
        Address = address;
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.RequestHeaderEncodingSelector = static _ => System.Text.Encoding.Latin1;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Listen(address, dataPort, listen => listen.Protocols = protocols);
            kestrel.Listen(address, controlPort, listen => listen.Protocols = HttpProtocols.Http1);
        });
        _app = builder.Build();
        _app.Run(context => context.Connection.LocalPort == _controlPort ? ControlAsync(context) : DataAsync(context));
    }

    /// <summary>Where it listens.</summary>
    public IPAddress Address { get; }

    /// <summary>Port of the role.</summary>
    public int DataPort { get; private set; }

    /// <summary>Port of the control endpoint.</summary>
    public int ControlPort => _controlPort;

    /// <summary>The assignment that the worker carries.</summary>
    public Assignment? Current { get; private set; }

    /// <summary>Answers a request of the role. Defaults to 200 and the worker's data port.</summary>
    public Func<HttpContext, Task> Answer { get; set; } = static context =>
        context.Response.WriteAsync(context.Connection.LocalPort.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Loads a model; the last line it returns is sent. Defaults to ready at once, after 20 + 30 µs as it says.</summary>
    public Func<Assignment, CancellationToken, Task<AssignmentProgress>> Load { get; set; } = static (assignment, _) => Task.FromResult(ReadyLine(assignment));

    /// <summary>The latest line about an assignment that it carries, for GET. Defaults to ready.</summary>
    public Func<Assignment, AssignmentProgress> Latest { get; set; } = ReadyLine;

    /// <summary>What its cache holds. Defaults to nothing.</summary>
    public ArtifactReport Artifacts { get; set; } = new();

    /// <summary>Whether requests must name the assignment that the worker carries.</summary>
    public bool ChecksAssignment { get; set; } = true;

    /// <summary>What DELETE answers.</summary>
    public bool ResetsCleanly { get; set; } = true;

    /// <summary>POSTs that were taken.</summary>
    public int Assignments => Volatile.Read(ref _assignments);

    /// <summary>Requests of the role that were started.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Starts a worker on two free ports of the loopback address.</summary>
    public static Task<FakeWorker> StartAsync(HttpProtocols protocols = HttpProtocols.Http1) => StartAsync(IPAddress.Loopback, 0, 0, protocols);

    /// <summary>Starts a worker on an address of its own; port 0 takes a free one.</summary>
    public static async Task<FakeWorker> StartAsync(IPAddress address, int dataPort, int controlPort, HttpProtocols protocols = HttpProtocols.Http1)
    {
        var worker = new FakeWorker(protocols, address, dataPort, controlPort);
        await worker._app.StartAsync();
        var ports = worker._app.Urls.Select(url => new Uri(url).Port).ToArray();
        (worker.DataPort, worker._controlPort) = (ports[0], ports[1]);
        return worker;
    }

    /// <summary>The line that ends a successful load.</summary>
    public static AssignmentProgress ReadyLine(Assignment assignment) =>
        new() { Id = assignment.Id, State = AssignmentState.Ready, DeployCodeMs = 0.02, DeployDependencyMs = 0.03, CacheHit = false };

    /// <summary>The line that ends a failed load.</summary>
    public static AssignmentProgress FailedLine(Assignment assignment, string reason, string message, bool retriable = false) =>
        new() { Id = assignment.Id, State = AssignmentState.Failed, Failure = new(reason, message, retriable) };

    /// <summary>A Ready pod of this worker.</summary>
    public V1Pod MakePod(string name, string ns, string pool, string state = WorkerState.Idle, string? function = null, string? assignment = null)
    {
        var labels = new Dictionary<string, string> { [HearthLabels.Pool] = pool, [HearthLabels.WorkerState] = state };
        if (function is not null)
            labels[HearthLabels.Function] = function;
        var annotations = new Dictionary<string, string>();
        if (assignment is not null)
            annotations[HearthAnnotations.Assignment] = assignment;
        return new()
        {
            ApiVersion = V1Pod.Definition.ApiVersion,
            Kind = V1Pod.Definition.Kind,
            Metadata = new() { Name = name, Namespace = ns, Uid = name, ResourceVersion = "1", Labels = labels, Annotations = annotations },
            Spec = new()
            {
                NodeName = "node-1",
                Containers =
                [
                    new()
                    {
                        Name = "worker",
                        Image = "hearth",
                        Ports =
                        [
                            new() { Name = HearthApi.DataPortName, ContainerPort = DataPort },
                            new() { Name = HearthApi.ControlPortName, ContainerPort = ControlPort },
                        ],
                    },
                ],
            },
            Status = ReadyStatus(),
        };
    }

    /// <summary>Status of a pod that runs and is Ready on the loopback address.</summary>
    public static V1PodStatus ReadyStatus() => new()
    {
        Phase = "Running",
        PodIP = "127.0.0.1",
        Conditions = [new() { Type = "Ready", Status = ConditionStatus.True }],
    };

    /// <summary>Carries an assignment without being told through the control port.</summary>
    public void Carry(string assignment) => Current = new() { Id = assignment };

    /// <summary>Forgets the assignment, as a restarted container does.</summary>
    public void Forget() => Current = null;

    /// <summary>Ends at once, as if killed: connections are reset, requests are cut off. Its ports stay its own, so that no other test's server answers there.</summary>
    public async Task KillAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        foreach (var port in new[] { DataPort, ControlPort })
        {
            var reserved = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            _reserved.Add(reserved);
            reserved.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            reserved.Bind(new IPEndPoint(Address, port));
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_reserved.Count == 0)
            await KillAsync();
        await _app.DisposeAsync();
        foreach (var socket in _reserved)
            socket.Dispose();
    }

    private async Task DataAsync(HttpContext context)
    {
        if (ChecksAssignment && context.Request.Headers[HearthHeaders.Assignment] != (Current?.Id ?? "-"))
        {
            Refuse(context, RefusalReason.NotAssigned);
            return;
        }
        Interlocked.Increment(ref _requests);
        await Answer(context);
    }

    /// <summary>Answers as a worker does that did not start the request.</summary>
    public static void Refuse(HttpContext context, RefusalReason reason)
    {
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.Headers[HearthHeaders.Refused] = reason.ToString().ToLowerInvariant();
    }

    private async Task ControlAsync(HttpContext context)
    {
        if (context.Request.Headers.Authorization != $"Bearer {Token}")
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }
        if (context.Request.Path == "/artifacts")
        {
            await JsonSerializer.SerializeAsync(context.Response.Body, Artifacts, ApiJsonContext.Default.ArtifactReport);
            return;
        }
        switch (context.Request.Method)
        {
            case "POST":
                await AssignAsync(context);
                break;
            case "DELETE":
                Current = ResetsCleanly ? null : Current;
                context.Response.StatusCode = ResetsCleanly ? StatusCodes.Status200OK : StatusCodes.Status409Conflict;
                break;
            default:
                if (Current is { } current)
                    await JsonSerializer.SerializeAsync(context.Response.Body, Latest(current), ApiJsonContext.Default.AssignmentProgress);
                else
                    context.Response.StatusCode = StatusCodes.Status404NotFound;
                break;
        }
    }

    private async Task AssignAsync(HttpContext context)
    {
        var assignment = (await JsonSerializer.DeserializeAsync(context.Request.Body, ApiJsonContext.Default.Assignment))!;
        lock (_gate)
        {
            if (Current is not null && Current.Id != assignment.Id)
            {
                context.Response.StatusCode = StatusCodes.Status409Conflict;
                return;
            }
            Current = assignment;
        }
        Interlocked.Increment(ref _assignments);
        context.Response.ContentType = "application/x-ndjson";
        await WriteLineAsync(context, new() { Id = assignment.Id, State = AssignmentState.Fetching, Message = "fetching" });
        await WriteLineAsync(context, await Load(assignment, context.RequestAborted));
    }

    private static async Task WriteLineAsync(HttpContext context, AssignmentProgress line)
    {
        await context.Response.WriteAsync(JsonSerializer.Serialize(line, ApiJsonContext.Default.AssignmentProgress) + "\n");
        await context.Features.GetRequiredFeature<IHttpResponseBodyFeature>().Stream.FlushAsync();
    }
}
