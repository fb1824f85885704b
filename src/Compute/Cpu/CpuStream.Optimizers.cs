using Hearth.Compute.Accelerators;

namespace Hearth.Compute.Cpu;

/// <content>Steps of optimizers.</content>
internal sealed unsafe partial class CpuStream
{
    private protected override void SgdCore(SgdOptions options, ArrayView<float> parameters, ArrayView<float> gradients, ArrayView<float> velocity)
    {
        ForElements(parameters.Length, (start, length) =>
        {
            if (options.Momentum == 0)
                OptimizerBlocks.Sgd(options, Pointer(parameters) + start, Pointer(gradients) + start, length);
            else
                OptimizerBlocks.Sgd(options, Pointer(parameters) + start, Pointer(gradients) + start, Pointer(velocity) + start, length);
        });
    }

    private protected override void AdamCore(AdamOptions options, ArrayView<float> parameters, ArrayView<float> gradients, AdamState state)
    {
        var factors = new AdamFactors(options, state.Step);
        ForElements(parameters.Length, (start, length) => OptimizerBlocks.Adam(
            factors, Pointer(parameters) + start, Pointer(gradients) + start, Pointer(state.Mean) + start, Pointer(state.Variance) + start, length));
    }

    private protected override void ServerStepCore(
        ServerOptions options, ArrayView<float> parameters, ArrayView<float> changes, ArrayView<float> mean, ArrayView<float> variance) =>
        ForElements(parameters.Length, (start, length) => OptimizerBlocks.ServerStep(
            options, Pointer(parameters) + start, Pointer(changes) + start, Pointer(mean) + start, Pointer(variance) + start, length));
}
