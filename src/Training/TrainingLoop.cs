using Hearth.Training.Artifacts;
using Hearth.Training.Checkpoints;
using Hearth.Training.Models;
using Hearth.Transport.Collectives;

namespace Hearth.Training;

/// <summary>Carries a training from its last checkpoint to its end, with the other ranks.</summary>
/// <remarks>
/// Only the first rank reads and writes files. What it reads at the beginning it sends to the others, so that all go on from the same step; when it is
/// stopped, or another rank ends, it saves the step that it has reached, so that nothing is computed twice.
/// </remarks>
/// <param name="trainer">This rank's trainer; stays its owner's.</param>
/// <param name="ring">The ranks that the trainer was made with.</param>
/// <param name="plan">What to do.</param>
public sealed class TrainingLoop(Trainer trainer, Ring ring, TrainingPlan plan)
{
    private long _saved;

    private bool IsFirst => ring.Rank == 0;

    /// <summary>Goes on from the latest sound checkpoint, all ranks from the same; where there is none, from the beginning.</summary>
    /// <exception cref="CheckpointMismatchException">It belongs to another training.</exception>
    /// <exception cref="CollectiveException">Another rank is gone.</exception>
    public async Task<TrainingResumption> ResumeAsync(CancellationToken cancellation)
    {
        IReadOnlyList<RefusedCheckpoint> refused = [];
        using var latest = IsFirst ? plan.Checkpoints?.TryOpenLatest(out refused) : null;
        var content = latest is null ? [] : await File.ReadAllBytesAsync(latest.Path, cancellation);
        var received = await ring.BroadcastAsync(content, trainer.MaxCheckpointLength, cancellation);
        if (received.IsEmpty)
            return new TrainingResumption(null, refused);
        using var checkpoint = Checkpoint.Read(received, latest?.Path ?? "the checkpoint of rank 0");
        trainer.Resume(checkpoint);
        _saved = trainer.Step;
        return new TrainingResumption(trainer.Step, refused);
    }

    /// <summary>Takes the steps that are left, then measures and writes the model.</summary>
    /// <param name="stepped">Called after each step with the loss of its examples.</param>
    /// <param name="cancellation">Stops between two steps, or in the exchange of one.</param>
    /// <exception cref="TrainingDivergedException">The loss is not finite.</exception>
    /// <exception cref="CollectiveException">Another rank is gone.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public async Task<TrainingResult> RunAsync(Action<double> stepped, CancellationToken cancellation)
    {
        try
        {
            while (trainer.Step < plan.Steps)
            {
                stepped(await trainer.TakeStepAsync(cancellation));
                if (trainer.Step % plan.CheckpointEvery == 0)
                    await SaveAsync(cancellation);
            }
            await SaveAsync(cancellation);
        }
        catch (Exception e) when (e is OperationCanceledException or CollectiveException)
        {
            await SaveAsync(CancellationToken.None);
            throw;
        }
        return await FinishAsync(cancellation);
    }

    private async Task<TrainingResult> FinishAsync(CancellationToken cancellation)
    {
        Evaluation? evaluation = IsFirst && plan.Test is { } test ? new Classifier(trainer.Network).Evaluate(test) : null;
        cancellation.ThrowIfCancellationRequested();
        var digest = IsFirst && plan.Output is { } output ? await ModelArtifact.SaveAsync(output, trainer.Network, cancellation) : null;
        return new TrainingResult(evaluation, digest);
    }

    private async Task SaveAsync(CancellationToken cancellation)
    {
        if (!IsFirst || plan.Checkpoints is not { } checkpoints || trainer.Step == _saved)
            return;
        using var state = trainer.Capture();
        await checkpoints.SaveAsync(state, cancellation);
        _saved = trainer.Step;
    }
}
