using Hearth.Api.TrainingJobs;
using Hearth.Api.Workers;
using Hearth.Training;
using Hearth.Training.Artifacts;
using Hearth.Transport.Collectives;
using Hearth.Worker.Assignments;
using Hearth.Worker.Functions.V2;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Hearth.Worker.Trainers;

/// <summary>The trainer role: takes the steps in the background, and tells how far it is.</summary>
internal sealed partial class TrainerRole : IServedRole
{
    // Often enough for people, seldom enough to cost nothing beside a step.
    private static readonly TimeSpan TellEvery = TimeSpan.FromMilliseconds(100);

    private readonly Assignment _assignment;
    private readonly Trainer _trainer;
    private readonly TrainingLoop _loop;
    private readonly TrainingPlan _plan;
    private readonly TrainingResumption _resumption;
    private readonly ProgressLog _progress;
    private readonly Ring _ring;
    private readonly IReadOnlyList<IDisposable> _parts;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _run;
    private double? _loss;
    private long? _toldAt;

    /// <summary>Begins as soon as the line that announces the role stands in the log.</summary>
    /// <param name="assignment">What was asked for.</param>
    /// <param name="trainer">Takes the steps.</param>
    /// <param name="loop">What is done, gone on from where it was left.</param>
    /// <param name="plan">The same as numbers.</param>
    /// <param name="resumption">Where it went on.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="ring">The ranks.</param>
    /// <param name="parts">Everything that is disposed with the role, the last first.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told of defects.</param>
    public TrainerRole(
        Assignment assignment, Trainer trainer, TrainingLoop loop, TrainingPlan plan, TrainingResumption resumption, ProgressLog progress,
        Ring ring, IReadOnlyList<IDisposable> parts, TimeProvider time, ILogger logger)
    {
        (_assignment, _trainer, _loop, _plan, _resumption) = (assignment, trainer, loop, plan, resumption);
        (_progress, _ring, _parts, _time, _logger) = (progress, ring, parts, time, logger);
        _run = Task.Run(RunAsync);
    }

    /// <inheritdoc/>
    public Task InvokeAsync(HttpContext context) => V2Json.WriteErrorAsync(
        context.Response, StatusCodes.Status404NotFound, $"This worker trains '{_assignment.Name}'; it answers no requests.");

    /// <inheritdoc/>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _run;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var part in _parts.Reverse())
            part.Dispose();
        _stop.Dispose();
    }

    /// <summary>A line about this rank as it stands.</summary>
    public AssignmentProgress Line(AssignmentState state, TrainingResult? result = null) => new()
    {
        Id = _assignment.Id,
        State = state,
        Percent = _plan.Steps > 0 ? (int)(100 * _trainer.Step / _plan.Steps) : 100,
        Training = new TrainingProgress
        {
            Step = _trainer.Step,
            TotalSteps = _plan.Steps,
            Loss = _loss,
            Accuracy = result?.Evaluation?.Accuracy,
            ResumedFrom = _resumption.Step,
            Warning = _resumption.Refused.Count == 0 ? null
                : $"Checkpoints were passed over: {string.Join("; ", _resumption.Refused.Select(refused => $"'{refused.Path}': {refused.Reason}"))}.",
            Model = result?.ModelDigest is { } digest ? new TrainedModel { Uri = ModelUri, Sha256 = digest } : null,
        },
    };

    private string ModelUri => $"{_assignment.Training!.Spec.Output!.Uri.TrimEnd('/')}/{ModelManifest.FileName}";

    private async Task RunAsync()
    {
        try
        {
            // The line that announces the role comes first; its release may come instead.
            var isReady = false;
            await foreach (var line in _progress.ReadAsync(_stop.Token))
                isReady = line.State == AssignmentState.Ready;
            if (!isReady)
                return;
            Tell();
            var result = await _loop.RunAsync(Stepped, _stop.Token);
            _progress.Append(Line(AssignmentState.Succeeded, result));
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            if (TrainingFailures.Find(e) is not { } failure)
            {
                Log.Broke(_logger, e, _assignment.Id);
                failure = new AssignmentFailure(AssignmentFailureReason.WorkerLost, $"The worker failed: {e.Message}", Retriable: true);
            }
            if (!_stop.IsCancellationRequested)
                _progress.Append(Line(AssignmentState.Failed) with { Failure = failure });
        }
        // After the line, so that who asks all ranks finds the cause before what follows from it.
        _ring.Dispose();
    }

    private void Stepped(double loss)
    {
        _loss = loss;
        if (_toldAt is null || _time.GetElapsedTime(_toldAt.Value) >= TellEvery)
            Tell();
    }

    private void Tell()
    {
        _toldAt = _time.GetTimestamp();
        if (!_stop.IsCancellationRequested)
            _progress.Append(Line(AssignmentState.Running));
    }

    private static partial class Log
    {
        [LoggerMessage(40, LogLevel.Error, "Assignment {Id}: the training met a defect of the worker")]
        public static partial void Broke(ILogger logger, Exception exception, string id);
    }
}
