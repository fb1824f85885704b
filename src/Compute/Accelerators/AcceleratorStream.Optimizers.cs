namespace Hearth.Compute.Accelerators;

/// <content>Steps of optimizers.</content>
public abstract partial class AcceleratorStream
{
    /// <summary>Takes a step of stochastic gradient descent.</summary>
    /// <param name="options">How to step.</param>
    /// <param name="parameters">What is optimized.</param>
    /// <param name="gradients">Slope of the loss at the parameters.</param>
    /// <param name="velocity">Kept between steps, zero before the first; not looked at where the momentum is 0.</param>
    public void Sgd(SgdOptions options, ArrayView<float> parameters, ArrayView<float> gradients, ArrayView<float> velocity = default)
    {
        Use(parameters);
        Use(gradients);
        Same(parameters.Length, gradients.Length);
        if (options.Momentum != 0)
        {
            Use(velocity);
            Same(parameters.Length, velocity.Length);
        }
        SgdCore(options, parameters, gradients, velocity);
    }

    /// <summary>Takes a step of Adam.</summary>
    /// <param name="options">How to step.</param>
    /// <param name="parameters">What is optimized.</param>
    /// <param name="gradients">Slope of the loss at the parameters.</param>
    /// <param name="state">Kept between steps; the caller counts the steps.</param>
    public void Adam(AdamOptions options, ArrayView<float> parameters, ArrayView<float> gradients, AdamState state)
    {
        Use(parameters);
        Use(gradients);
        Use(state.Mean);
        Use(state.Variance);
        Same(parameters.Length, gradients.Length);
        Same(parameters.Length, state.Mean.Length);
        Same(parameters.Length, state.Variance.Length);
        ArgumentOutOfRangeException.ThrowIfLessThan(state.Step, 1);
        AdamCore(options, parameters, gradients, state);
    }

    /// <summary>Takes a step of an adaptive server: parameters += rate · mean / (√variance + tau).</summary>
    /// <param name="options">How to step.</param>
    /// <param name="parameters">The model.</param>
    /// <param name="changes">What the clients' average differs from it by.</param>
    /// <param name="mean">Decaying mean of the changes, kept between steps; zero before the first.</param>
    /// <param name="variance">Of the squared changes, kept between steps; tau² before the first.</param>
    public void ServerStep(
        ServerOptions options, ArrayView<float> parameters, ArrayView<float> changes, ArrayView<float> mean, ArrayView<float> variance)
    {
        Use(parameters);
        Use(changes);
        Use(mean);
        Use(variance);
        Same(parameters.Length, changes.Length);
        Same(parameters.Length, mean.Length);
        Same(parameters.Length, variance.Length);
        if (!Enum.IsDefined(options.Variance))
            throw new ArgumentOutOfRangeException(nameof(options), options.Variance, "The variance is Adagrad, Adam or Yogi.");
        ServerStepCore(options, parameters, changes, mean, variance);
    }

    private protected abstract void SgdCore(SgdOptions options, ArrayView<float> parameters, ArrayView<float> gradients, ArrayView<float> velocity);

    private protected abstract void AdamCore(AdamOptions options, ArrayView<float> parameters, ArrayView<float> gradients, AdamState state);

    private protected abstract void ServerStepCore(
        ServerOptions options, ArrayView<float> parameters, ArrayView<float> changes, ArrayView<float> mean, ArrayView<float> variance);
}
