using System.Text.Json.Nodes;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.FederatedAggregations;
using Hearth.Api.Meta;

namespace Hearth.Integration.Tests.Federations;

/// <summary>One small federation with its clients, from its manifest to its models.</summary>
internal sealed class FederationRun(Cluster cluster, string name, int seed, int clients = 3, int rounds = 3, TimeSpan work = default)
    : IAsyncDisposable
{
    private readonly CancellationTokenSource _patience = new(HearthProcess.Patience);
    private readonly List<TestClient> _clients = [];
    private Task<int[]> _taking = Task.FromResult(Array.Empty<int>());

    /// <summary>What the clients know.</summary>
    public Ledger Ledger { get; } = new();

    /// <summary>Where models and manifests lie.</summary>
    public string Output { get; } = cluster.PathOf(name);

    /// <summary>Base of the URLs of the protocol.</summary>
    public Uri Url => new(cluster.Gateway, $"/federations/default/{name}/");

    /// <summary>Completes when every client has been told that it is over.</summary>
    public Task Ended => _taking;

    /// <summary>Creates the federation; <paramref name="change"/> may alter its spec first.</summary>
    public Task ApplyAsync(Action<JsonObject>? change = null)
    {
        var spec = new JsonObject
        {
            ["architecture"] = new JsonObject { ["kind"] = "Mlp", ["hidden"] = new JsonArray(4), ["inputShape"] = new JsonArray(3), ["classes"] = new JsonArray("a", "b") },
            ["seed"] = seed,
            ["rounds"] = rounds,
            ["clients"] = new JsonObject { ["minPerRound"] = clients - 1, ["maxPerRound"] = clients, ["roundTimeout"] = "2s" },
            ["output"] = new JsonObject { ["uri"] = $"file://{Output}" },
        };
        change?.Invoke(spec);
        return cluster.Client.ApplyAsync<FederatedAggregation>(new()
        {
            ["apiVersion"] = FederatedAggregation.Definition.ApiVersion,
            ["kind"] = FederatedAggregation.Definition.Kind,
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = "default" },
            ["spec"] = spec,
        });
    }

    /// <summary>Starts the clients.</summary>
    public void Start()
    {
        for (var i = 0; i < clients; i++)
            _clients.Add(new(Url, $"c{i}", unchecked((seed * 31) + i) & int.MaxValue, Ledger, work));
        _taking = Task.WhenAll(_clients.Select(c => c.RunAsync(_patience.Token)));
    }

    /// <summary>Waits until every client was told that it is over, and compares what lies in the output with what they know. Returns the number of updates included.</summary>
    /// <param name="collect">Brings to <see cref="Output"/> what lies elsewhere.</param>
    public async Task<int> VerifyAsync(Action? collect = null)
    {
        try
        {
            Assert.All(await _taking, version => Assert.Equal(rounds, version));
        }
        catch (OperationCanceledException)
        {
            var entity = await cluster.Client.GetAsync<FederatedAggregation>(name, "default");
            throw new TimeoutException(
                $"federation \"{name}\" did not end; its clients last met:\n{string.Join('\n', _clients.Select(c => c.Last))}\nits status: "
                + System.Text.Json.JsonSerializer.Serialize(entity!, FederatedAggregation.JsonTypeInfo));
        }
        collect?.Invoke();
        return OutputCheck.Verify(Output, rounds, Ledger);
    }

    /// <summary>Waits for what the summary condition says.</summary>
    public Task<FederatedAggregation?> WaitForAsync(string status, string reason) => cluster.WaitForAsync<FederatedAggregation>(
        name, f => f?.Status?.Conditions?.Any(c => c.Type == FederatedAggregationConditions.Succeeded && c.Status == status && c.Reason == reason) == true, $"Succeeded={status} {reason}");

    /// <summary>Pods that are the federation's.</summary>
    public async Task<IReadOnlyList<V1Pod>> PodsAsync() =>
        (await cluster.Client.ListAsync<V1Pod>("default", new() { LabelSelector = $"{HearthLabels.Federation}={name}" })).Items;

    /// <summary>Deletes the federation, which frees its worker.</summary>
    public async ValueTask DisposeAsync()
    {
        await _patience.CancelAsync();
        await ((Task)_taking).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _clients.ForEach(c => c.Dispose());
        _patience.Dispose();
        await cluster.Client.DeleteAsync<FederatedAggregation>(name, "default");
    }
}
