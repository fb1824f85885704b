using Hearth.Compute.Accelerators;

namespace Hearth.Training.Optimizers;

/// <summary>Stochastic gradient descent; remembers a velocity where it has momentum.</summary>
internal sealed class SgdOptimizer : Optimizer
{
    private readonly SgdOptions _options;
    private readonly ArrayView<float> _velocity;

    public SgdOptimizer(AcceleratorStream stream, SgdSpec spec, long parameters)
    {
        _options = new SgdOptions(spec.LearningRate, spec.Momentum, spec.WeightDecay, spec.Nesterov);
        if (spec.Momentum != 0)
            _velocity = Remember(stream, "velocity", parameters);
    }

    public override void Step(AcceleratorStream stream, ArrayView<float> parameters, ArrayView<float> gradients, long step) =>
        stream.Sgd(_options, parameters, gradients, _velocity);
}
