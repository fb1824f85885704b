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

    private protected abstract void SgdCore(SgdOptions options, ArrayView<float> parameters, ArrayView<float> gradients, ArrayView<float> velocity);

    private protected abstract void AdamCore(AdamOptions options, ArrayView<float> parameters, ArrayView<float> gradients, AdamState state);
}
