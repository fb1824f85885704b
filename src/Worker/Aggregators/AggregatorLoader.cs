using Hearth.Api.FederatedAggregations;
using Hearth.Api.Workers;
using Hearth.Compute.Accelerators;
using Hearth.Federation;
using Hearth.Federation.Storage;
using Hearth.Federation.Tree;
using Hearth.Worker.Aggregators.Tree;
using Hearth.Worker.Assignments;
using Hearth.Worker.Devices;
using Hearth.Worker.Models;

namespace Hearth.Worker.Aggregators;

/// <summary>Makes a worker an aggregator of a federation: the one that leads opens the output, where an earlier one may have left off; others take updates for it.</summary>
internal sealed class AggregatorLoader(WorkerOptions options, HearthModelRuntime models, AcceleratorHost accelerators, OutputOpener outputs, TimeProvider time) : IRoleLoader
{
    private const string Top = "top";

    /// <inheritdoc/>
    public WorkerRole Role => WorkerRole.Aggregator;

    /// <inheritdoc/>
    public string? FindFault(Assignment assignment) => assignment switch
    {
        { Federation: null } => "The assignment has no federation.",
        { Uid.Length: 0 } => "The assignment has no uid, by which the output is known to be the federation's.",
        { Aggregator: { Slot.Length: 0 } or { Token.Length: 0 } } => "The assignment's aggregator has no slot, or no token that the federation's aggregators know each other by.",
        { Federation: { Model: null, Architecture: null } } => "The federation has neither model nor architecture.",
        { Federation: { Rounds: < 1 } or { Clients.MinPerRound: < 1 } } => "The federation has fewer than 1 round, or rounds of fewer than 1 client.",
        _ => null,
    };

    /// <inheritdoc/>
    public string? FindLeak() => accelerators.FindLeak();

    /// <inheritdoc/>
    public async Task<(IServedRole Served, AssignmentProgress Ready)> LoadAsync(Assignment assignment, ProgressLog progress, CancellationToken cancellation)
    {
        var start = time.GetTimestamp();
        progress.Append(new AssignmentProgress { Id = assignment.Id, State = AssignmentState.Loading });
        if (assignment.Aggregator is { Slot: not Top })
            return (new ServedLeaf(assignment, OpenMemory(assignment), accelerators.Get(), progress, time), ReadyAfter(start, assignment, null));
        var lead = assignment.Aggregator is not { } place ? null
            : new LeadParts(place.Token, string.IsNullOrEmpty(options.NodeShare) ? null : OpenMemory(assignment), time);
        IFederationStorage? output = null;
        try
        {
            output = await outputs.OpenAsync(assignment.Federation!.Output.Uri, cancellation);
            var aggregator = await OpenAsync(assignment, output, lead?.Options, progress, cancellation);
            return (new ServedAggregator(assignment.Id, aggregator, output, assignment.Federation.Rounds, progress, lead), ReadyAfter(start, assignment, aggregator.Progress));
        }
        catch
        {
            (output as IDisposable)?.Dispose();
            lead?.Dispose();
            throw;
        }
    }

    private AssignmentProgress ReadyAfter(long start, Assignment assignment, FederationProgress? progress) => new()
    {
        Id = assignment.Id,
        State = AssignmentState.Ready,
        DeployDependencyMs = time.GetElapsedTime(start).TotalMilliseconds,
        Federation = progress,
    };

    private async Task<Aggregator> OpenAsync(
        Assignment assignment, IFederationStorage output, TreeOptions? tree, ProgressLog progress, CancellationToken cancellation)
    {
        var spec = assignment.Federation!;
        var accelerator = accelerators.Get();
        var format = new HearthModelFormat(spec, models, accelerator, assignment.Id, progress);
        try
        {
            return await Aggregator.OpenAsync(OptionsOf(assignment, spec), output, accelerator, format, time, tree, cancellation);
        }
        catch (FormatException e)
        {
            throw AssignmentException.InvalidModel(e.Message, e);
        }
        catch (AcceleratorMemoryException e)
        {
            throw AssignmentException.InvalidModel(e.Message, e);
        }
        catch (Exception e) when (e is OutputException or SupersededException or IOException or UnauthorizedAccessException)
        {
            throw outputs.Explain(e, spec.Output.Uri);
        }
    }

    private NodeMemory OpenMemory(Assignment assignment) => NodeMemory.Open(options.NodeShare, options.NodeShareBytes, assignment.Id, time);

    private FederationOptions OptionsOf(Assignment assignment, FederatedAggregationSpec spec) => new()
    {
        Uid = assignment.Uid,
        Namespace = assignment.Namespace,
        Name = assignment.Name,
        Rounds = spec.Rounds,
        MinPerRound = spec.Clients.MinPerRound,
        MaxPerRound = Math.Max(spec.Clients.MaxPerRound ?? int.MaxValue, spec.Clients.MinPerRound),
        RoundTimeout = spec.Clients.RoundTimeout,
        Selection = spec.Clients.Selection,
        Seed = (ulong)spec.Seed,
        LocalWork = spec.Clients.LocalWork,
        FoldsLate = options.FoldsLate,
    };
}
