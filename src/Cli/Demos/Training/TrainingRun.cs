using System.Collections.Immutable;
using System.Globalization;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Api.TrainingJobs;
using Hearth.Cli.Local.Nodes;
using Hearth.Kubernetes.Client;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Hearth.Cli.Demos.Training;

/// <summary>Follows a job to its end, and kills one of its workers on the way.</summary>
internal sealed class TrainingRun(IKubernetesClient client, string job, TimeProvider time)
{
    private const string ProcessScheme = "process://";
    private const int PlotColumns = 64;
    private const int PlotRows = 8;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);

    private readonly ClusterView _cluster = new(client);
    private ImmutableList<string> _events = [];

    /// <summary>The losses seen so far.</summary>
    public LossCurve Losses { get; private set; } = new();

    /// <summary>The cluster, what happened, and the loss as a curve.</summary>
    public async Task<IRenderable> RenderAsync(CancellationToken cancel) => new Rows(
        await _cluster.RenderAsync(cancel),
        new Text(string.Join('\n', [.. _events, "", "loss by step", .. Losses.Draw(PlotColumns, PlotRows)])));

    /// <summary>Waits until the job has succeeded, and returns it.</summary>
    /// <exception cref="CommandException">It failed, or is not done in time.</exception>
    public async Task<TrainingJob> FollowAsync(CancellationToken cancel)
    {
        TrainingJob? last = null;
        await new Patience(time, Limit, Period).WaitAsync(
            async () => IsDone(last = await client.GetAsync<TrainingJob>(job, DemoObjects.Namespace, cancel)) || await GoOnAsync(last, cancel),
            () => Task.FromResult($"job \"{job}\" to succeed; it says: {Patience.Describe(last?.Status?.Conditions)}"),
            cancel);
        return last!;
    }

    private bool IsDone(TrainingJob? now)
    {
        if (now?.Status is not { } status)
            return false;
        if (status is { Step: { } step, Loss: { } loss } && (Losses.Points.IsEmpty || Losses.Points[^1].Step != step))
            Losses = Losses.With(step, loss);
        return status.Conditions?.FirstOrDefault(c => c.Type == TrainingJobConditions.Succeeded) switch
        {
            { Status: ConditionStatus.True } when _events.IsEmpty =>
                throw new CommandException($"job \"{job}\" was done before one of its workers could be killed: give it more --steps."),
            { Status: ConditionStatus.True } => true,
            { Status: ConditionStatus.False } failed => throw new CommandException($"job \"{job}\" failed: {failed.Reason}: {failed.Message}"),
            _ => false,
        };
    }

    /// <summary>Once there is a checkpoint to go on from, a worker dies.</summary>
    private async Task<bool> GoOnAsync(TrainingJob? now, CancellationToken cancel)
    {
        if (_events.IsEmpty && now is { Spec.Checkpoint: { } checkpoint, Status.Step: { } step } && step >= checkpoint.EverySteps)
        {
            var pod = (await client.ListAsync<V1Pod>(DemoObjects.Namespace, new() { LabelSelector = $"{HearthLabels.TrainingJob}={job}" }, cancel)).Items
                .OrderBy(p => p.Name(), StringComparer.Ordinal).Last();
            var process = ReadProcess(pod);
            Signals.Kill(process);
            _events = _events.Add($"after step {step}: kill -9 of process {process}, worker \"{pod.Name()}\" on {pod.Spec.NodeName}");
        }
        return false;
    }

    private static int ReadProcess(V1Pod pod) =>
        pod.Status?.ContainerStatuses is [{ ContainerID: { } id }, ..] && id.StartsWith(ProcessScheme, StringComparison.Ordinal)
            ? int.Parse(id.AsSpan(ProcessScheme.Length), CultureInfo.InvariantCulture)
            : throw new CommandException($"pod \"{pod.Name()}\" is no process of this machine; the demo kills one, so run it on process nodes.");
}
