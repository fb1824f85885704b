namespace Hearth.Training;

/// <summary>The loss is no number any more: the steps were too wide for this model and data.</summary>
/// <param name="step">The step, from 1, at which it happened.</param>
/// <param name="loss">What the loss was.</param>
public sealed class TrainingDivergedException(long step, double loss)
    : Exception($"The loss of step {step} is {loss}, expected a finite number. Lower the learning rate, or normalize the features.")
{
    /// <summary>The step, from 1, at which it happened.</summary>
    public long Step { get; } = step;
}
