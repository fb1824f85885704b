using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using Hearth.Api;
using Hearth.Api.FederatedAggregations;
using Hearth.Api.Workers;
using Hearth.Federation.Protocol;

namespace Hearth.Worker.Tests.Aggregators.Tree;

/// <summary>Workers that are the aggregators of one small federation. Those of one node share a folder.</summary>
internal sealed class TreeWorld : IAsyncDisposable
{
    public const string Token = "among-us";

    private readonly string _directory = Directory.CreateTempSubdirectory("hearth-tree-").FullName;
    private readonly Dictionary<string, (TestWorker Worker, PlannedAggregator Plan)> _slots = new(StringComparer.Ordinal);
    private readonly Action<FederatedAggregationSpec>? _change;
    private long _version;
    private int _assignments;

    private TreeWorld(Action<FederatedAggregationSpec>? change) => _change = change;

    /// <summary>The one that leads.</summary>
    public FederationWorld Top => new(_slots["top"].Worker);

    /// <summary>Starts a federation of two rounds with as many clients each.</summary>
    /// <param name="clients">How many take part.</param>
    /// <param name="places">Slot, node and parent of each aggregator. A node called "none" has no memory to share.</param>
    public static async Task<TreeWorld> StartAsync(int clients, params (string Slot, string Node, string? Parent)[] places)
    {
        var world = new TreeWorld(spec => spec.Clients = new ClientsSpec { MinPerRound = clients, MaxPerRound = clients });
        foreach (var (slot, node, parent) in places)
            await world.FillAsync(slot, node, parent);
        await world.PlanAsync();
        return world;
    }

    public TestWorker Of(string slot) => _slots[slot].Worker;

    public string Share(string node) => Path.Combine(_directory, node);

    /// <summary>Assigns a new worker to a slot.</summary>
    public async Task FillAsync(string slot, string node, string? parent)
    {
        var worker = await TestWorker.StartAsync(options => options with { NodeShare = node == "none" ? null : Share(node) });
        var assignment = Describe(worker, slot);
        await worker.ServeAsync(assignment);
        _slots[slot] = (worker, new() { Slot = slot, Pod = $"pod-{assignment.Id}", Node = node, Address = worker.Server.DataUrl.Authority, AssignmentId = assignment.Id, Parent = parent });
    }

    /// <summary>Ends the worker of a slot and assigns another.</summary>
    public async Task ReplaceAsync(string slot)
    {
        var (worker, plan) = _slots[slot];
        await worker.DisposeAsync();
        await FillAsync(slot, plan.Node, plan.Parent);
        await PlanAsync();
    }

    public Assignment Describe(TestWorker worker, string slot) => new FederationWorld(worker).Describe(
        spec =>
        {
            spec.Output = new FederationOutput { Uri = $"file://{_directory}/out" };
            _change?.Invoke(spec);
        },
        $"a{++_assignments}") with
    {
        Aggregator = new() { Slot = slot, Token = Token },
    };

    /// <summary>The plan of those that are there.</summary>
    public AggregationPlan Plan() => new() { Version = ++_version, Aggregators = [.. _slots.Values.Select(slot => slot.Plan)] };

    public async Task PlanAsync()
    {
        using var response = await PutPlanAsync(Plan());
        Assert.True(response.StatusCode == HttpStatusCode.NoContent, await response.Content.ReadAsStringAsync());
    }

    public Task<HttpResponseMessage> PutPlanAsync(AggregationPlan plan) => PutPlanAsync(Top.Worker, plan);

    public static Task<HttpResponseMessage> PutPlanAsync(TestWorker worker, AggregationPlan plan, string? assignment = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Put, "/assignment/plan") { Content = JsonContent.Create(plan, ApiJsonContext.Default.AggregationPlan) };
        if (assignment is not null)
            request.Headers.Add(HearthHeaders.Assignment, assignment);
        return worker.Control.SendAsync(request);
    }

    /// <summary>Lets clients join and answers where each is to send its update.</summary>
    public async Task<Dictionary<string, string>> BeginAsync(params string[] clients)
    {
        await Top.JoinAsync(clients);
        var urls = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var client in clients)
            urls[client] = (await Top.TaskAsync(client)).UpdateUrl!;
        return urls;
    }

    /// <summary>Sends an update where a task says, as the gateway does: to the worker of the slot, or to the one that leads.</summary>
    public Task<HttpResponseMessage> PutAsync(string url, byte[] body, string examples = "10", string? digest = null, bool chunked = false)
    {
        var (slot, path) = url.Split('/', 3) is ["aggregators", var leaf, var rest] ? (leaf, rest) : ("top", url);
        var content = chunked ? new ChunkedContent(body) : (HttpContent)new ByteArrayContent(body);
        content.Headers.TryAddWithoutValidation(FederationHeaders.ContentDigest, digest ?? ContentDigest.Format(Convert.ToHexStringLower(SHA256.HashData(body))));
        var request = new HttpRequestMessage(HttpMethod.Put, $"/{path}") { Content = content };
        request.Headers.TryAddWithoutValidation(FederationHeaders.Examples, examples);
        request.Headers.Add(HearthHeaders.Assignment, _slots[slot].Plan.AssignmentId);
        return Of(slot).Data.SendAsync(request);
    }

    /// <summary>Sends an update until it is taken, as clients do: a leaf may not have heard its place yet.</summary>
    public async Task AcceptedAsync(string url, byte[] body, string examples = "10")
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (true)
        {
            using var response = await PutAsync(url, body, examples);
            if (response.StatusCode == HttpStatusCode.Accepted)
                return;
            var answer = await response.Content.ReadAsStringAsync();
            Assert.True(response.StatusCode == HttpStatusCode.ServiceUnavailable && !patience.IsCancellationRequested, $"{(int)response.StatusCode}: {answer}");
        }
    }

    /// <summary>What the top says of a slot.</summary>
    public async Task<AggregatorReport> ReportAsync(string slot) => (await Top.LatestAsync()).Federation!.Tree.Single(report => report.Slot == slot);

    /// <summary>Sends a request to an aggregator as another of its federation, or as nobody.</summary>
    public Task<HttpResponseMessage> TreeAsync(string slot, HttpMethod method, string path, string? token = Token, HttpContent? content = null)
    {
        var request = new HttpRequestMessage(method, path) { Content = content };
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return Of(slot).Data.SendAsync(request);
    }

    /// <summary>Objects that lie in the memory of a node.</summary>
    public string[] ObjectsOf(string node) =>
        [.. Directory.EnumerateFiles(Share(node), "*", SearchOption.AllDirectories).Select(path => Path.GetFileName(path)!).Where(name => name[0] != '.').Order(StringComparer.Ordinal)];

    public async ValueTask DisposeAsync()
    {
        foreach (var (worker, _) in _slots.Values)
            await worker.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private sealed class ChunkedContent(byte[] content) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => stream.WriteAsync(content).AsTask();

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
