using Hearth.Compute.Accelerators;

namespace Hearth.Training.Optimizers;

/// <summary>Adam; remembers decaying means of the gradients and their squares.</summary>
internal sealed class AdamOptimizer : Optimizer
{
    private readonly AdamOptions _options;
    private readonly ArrayView<float> _mean;
    private readonly ArrayView<float> _variance;

    public AdamOptimizer(AcceleratorStream stream, AdamSpec spec, long parameters)
    {
        _options = new AdamOptions(spec.LearningRate, spec.Beta1, spec.Beta2, spec.Epsilon, spec.WeightDecay);
        _mean = Remember(stream, "mean", parameters);
        _variance = Remember(stream, "variance", parameters);
    }

    public override void Step(AcceleratorStream stream, ArrayView<float> parameters, ArrayView<float> gradients, long step) =>
        stream.Adam(_options, parameters, gradients, new AdamState(_mean, _variance, step));
}
