using System.Collections.Immutable;
using System.Globalization;
using Hearth.Api.FederatedAggregations;
using Hearth.Api.Meta;
using Hearth.Cli.Federations;
using Hearth.Federation.Client;
using Hearth.Kubernetes.Client;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Hearth.Cli.Demos.Federated;

/// <summary>Follows a federation to its end, and judges each model that it publishes.</summary>
/// <param name="client">The API server.</param>
/// <param name="name">The federation.</param>
/// <param name="models">Where its models are downloaded.</param>
/// <param name="judge">Measures them on held-out examples.</param>
/// <param name="time">The clock.</param>
internal sealed class FederatedRun(IKubernetesClient client, string name, FederationClient models, LocalTrainer judge, TimeProvider time)
{
    private const int BarColumns = 40;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);

    private readonly ClusterView _cluster = new(client);

    /// <summary>Held-out accuracy of the models published so far, from that of the first round on.</summary>
    public ImmutableList<double> Accuracies { get; private set; } = [];

    /// <summary>The tree when it was largest, as it was last.</summary>
    public AggregationTree Tree { get; private set; } = new();

    /// <summary>The cluster, the tree, and the accuracy by round as bars.</summary>
    public async Task<IRenderable> RenderAsync(CancellationToken cancel) => new Rows(
        await _cluster.RenderAsync(cancel),
        new Text(string.Join('\n', ["", "aggregators by node", .. TreePlot.Draw(Tree)])),
        new Text(string.Join('\n', ["", "held-out accuracy by round", .. Draw(Accuracies)])));

    /// <summary>Waits until every round is published and judged, and returns the federation.</summary>
    /// <exception cref="CommandException">It stands still until someone acts, or is not done in time.</exception>
    public async Task<FederatedAggregation> FollowAsync(CancellationToken cancel)
    {
        FederatedAggregation? last = null;
        await new Patience(time, Limit, Period).WaitAsync(
            async () =>
            {
                last = await client.GetAsync<FederatedAggregation>(name, DemoObjects.Namespace, cancel);
                if (last?.Status?.Tree is { } tree && tree.Slots.Count(s => s.Ready) >= Tree.Slots.Count(s => s.Ready))
                    Tree = tree;
                await JudgeAsync(last?.Status?.Model?.Version ?? 0, cancel);
                return IsDone(last);
            },
            () => Task.FromResult($"federation \"{name}\" to publish its rounds; it says: {Patience.Describe(last?.Status?.Conditions)}"),
            cancel);
        return last!;
    }

    /// <summary>Accuracies as bars.</summary>
    internal static IEnumerable<string> Draw(IReadOnlyList<double> accuracies) => accuracies.Select((accuracy, i) =>
        string.Create(CultureInfo.InvariantCulture, $"{i + 1,3} {accuracy * 100,5:0.0} % {TextPlot.Bar(accuracy, BarColumns)}"));

    private bool IsDone(FederatedAggregation? now) => now?.Status?.Conditions?.FirstOrDefault(c => c.Type == FederatedAggregationConditions.Succeeded) switch
    {
        { Status: ConditionStatus.True } => Accuracies.Count == now.Status.Model?.Version,
        { Status: ConditionStatus.False } failed => throw new CommandException($"federation \"{name}\" stands still: {failed.Reason}: {failed.Message}"),
        _ => false,
    };

    private async Task JudgeAsync(int version, CancellationToken cancel)
    {
        while (Accuracies.Count < version)
        {
            var url = string.Create(CultureInfo.InvariantCulture, $"models/{Accuracies.Count + 1}");
            var weights = await models.DownloadAsync(url, null, cancel);
            Accuracies = Accuracies.Add(judge.Evaluate(await models.DownloadAsync($"{url}/model.json", null, cancel), weights).Accuracy);
        }
    }
}
