using Hearth.Api.FederatedAggregations;
using Hearth.Api.Workers;
using Hearth.Federation;
using Hearth.Federation.Storage;
using Hearth.Worker.Aggregators.Tree;
using Hearth.Worker.Assignments;
using Microsoft.AspNetCore.Http;

namespace Hearth.Worker.Aggregators;

/// <summary>The aggregator role: rounds that run by themselves, and the client protocol on the data port, which goes on to serve the models when they are over.</summary>
internal sealed class ServedAggregator : IServedRole, IProgress<FederationProgress>
{
    private readonly string _assignmentId;
    private readonly Aggregator _aggregator;
    private readonly IFederationStorage _output;
    private readonly int _rounds;
    private readonly ProgressLog _progress;
    private readonly ClientProtocolEndpoint _endpoint;
    private readonly TreeEndpoint? _tree;
    private readonly LeadParts? _lead;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    /// <summary>Starts the rounds, once the assignment's progress says <c>Ready</c>.</summary>
    /// <param name="assignmentId">The assignment.</param>
    /// <param name="aggregator">Runs the rounds; becomes this role's own.</param>
    /// <param name="output">Where it keeps everything; becomes this role's own.</param>
    /// <param name="rounds">How many.</param>
    /// <param name="progress">Told of each step.</param>
    /// <param name="lead">For aggregators that take updates for this one; null where it is to be alone. Becomes this role's own.</param>
    public ServedAggregator(string assignmentId, Aggregator aggregator, IFederationStorage output, int rounds, ProgressLog progress, LeadParts? lead)
    {
        (_assignmentId, _aggregator, _output, _rounds, _progress, _lead) = (assignmentId, aggregator, output, rounds, progress, lead);
        _tree = lead?.MakeEndpoint(aggregator);
        _endpoint = new ClientProtocolEndpoint(aggregator);
        _running = Task.Run(RunAsync);
    }

    /// <inheritdoc/>
    public Task InvokeAsync(HttpContext context) =>
        _tree is not null && TreeRoutes.Has(context.Request) ? _tree.InvokeAsync(context) : _endpoint.InvokeAsync(context);

    /// <inheritdoc/>
    public IReadOnlyList<string>? Follow(AggregationPlan plan) => _tree is null ? null : _aggregator.Follow(plan);

    /// <inheritdoc/>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _aggregator.StopAsync();
        await _running;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _aggregator.Dispose();
        (_output as IDisposable)?.Dispose();
        _stop.Dispose();
        _lead?.Dispose();
    }

    /// <inheritdoc/>
    public void Report(FederationProgress value) => Tell(AssignmentState.Running, value);

    private async Task RunAsync()
    {
        try
        {
            await foreach (var line in _progress.ReadAsync(_stop.Token))
            {
                // The rounds' lines come behind the one that says Ready.
            }
            await _aggregator.RunAsync(this, _stop.Token);
            Tell(AssignmentState.Succeeded, _aggregator.Progress);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Released; what is on the disk is what counts.
        }
        catch (SupersededException e)
        {
            Fail(AssignmentFailureReason.WorkerLost, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Fail(AssignmentFailureReason.OutputUnavailable, $"The output refused: {e.Message}");
        }
        catch (Exception e)
        {
            Fail(AssignmentFailureReason.WorkerLost, $"The aggregator failed: {e.Message}");
        }
    }

    private void Tell(AssignmentState state, FederationProgress progress) => _progress.Append(new AssignmentProgress
    {
        Id = _assignmentId,
        State = state,
        Percent = (int)(100L * progress.ModelVersion / _rounds),
        Federation = progress,
    });

    private void Fail(string reason, string message) => _progress.Append(new AssignmentProgress
    {
        Id = _assignmentId,
        State = AssignmentState.Failed,
        Federation = _aggregator.Progress,
        Failure = new AssignmentFailure(reason, message, Retriable: true),
    });
}
