using Hearth.Compute.Accelerators;

namespace Hearth.Training.Optimizers;

/// <summary>Adam (Kingma and Ba, ICLR 2015), as <c>torch.optim.Adam</c>.</summary>
public sealed record AdamSpec : OptimizerSpec
{
    /// <summary>Sets a usual step width.</summary>
    public AdamSpec() => LearningRate = 1e-3f;

    /// <summary>Decay of the gradients' mean, 0 to less than 1. Defaults to 0.9.</summary>
    public float Beta1 { get; set; } = 0.9f;

    /// <summary>Decay of the squared gradients' mean, 0 to less than 1. Defaults to 0.999.</summary>
    public float Beta2 { get; set; } = 0.999f;

    /// <summary>Keeps the quotient finite; positive. Defaults to 1e-8.</summary>
    public float Epsilon { get; set; } = 1e-8f;

    internal override IEnumerable<string> FindFaults()
    {
        foreach (var fault in base.FindFaults())
            yield return fault;
        if (Beta1 is not (>= 0 and < 1))
            yield return $"optimizer.beta1 is {Beta1}, expected a number from 0 to less than 1";
        if (Beta2 is not (>= 0 and < 1))
            yield return $"optimizer.beta2 is {Beta2}, expected a number from 0 to less than 1";
        if (!float.IsFinite(Epsilon) || Epsilon <= 0)
            yield return $"optimizer.epsilon is {Epsilon}, expected a positive number";
    }

    internal override Optimizer Build(AcceleratorStream stream, long parameters) => new AdamOptimizer(stream, this, parameters);
}
