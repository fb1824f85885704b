using Hearth.Compute.Accelerators;

namespace Hearth.Compute.Kernels;

/// <content>Steps of optimizers.</content>
internal abstract partial class KernelStream
{
    private static readonly KernelProgram OptimizerProgram = new("optimizers");

    private protected override void SgdCore(SgdOptions options, ArrayView<float> parameters, ArrayView<float> gradients, ArrayView<float> velocity)
    {
        var length = parameters.Length;
        if (options.Momentum == 0)
        {
            LaunchElements(OptimizerProgram, "sgd", length, parameters, gradients, length, options.LearningRate, options.WeightDecay);
            return;
        }
        LaunchElements(
            OptimizerProgram, "sgd_momentum", length,
            parameters, gradients, velocity, length, options.LearningRate, options.WeightDecay, options.Momentum, options.Nesterov);
    }

    private protected override void AdamCore(AdamOptions options, ArrayView<float> parameters, ArrayView<float> gradients, AdamState state)
    {
        var factors = new AdamFactors(options, state.Step);
        LaunchElements(
            OptimizerProgram, "adam", parameters.Length,
            parameters, gradients, state.Mean, state.Variance, parameters.Length,
            factors.Beta1, factors.Beta2, factors.Epsilon, factors.WeightDecay, factors.Rate, factors.RootFactor);
    }

    private protected override void ServerStepCore(
        ServerOptions options, ArrayView<float> parameters, ArrayView<float> changes, ArrayView<float> mean, ArrayView<float> variance) =>
        LaunchElements(
            OptimizerProgram, "server_step", parameters.Length,
            parameters, changes, mean, variance, parameters.Length,
            (uint)options.Variance, options.LearningRate, options.Beta1, options.Beta2, options.Tau);
}
