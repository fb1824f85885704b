using Hearth.Compute.Accelerators;

namespace Hearth.Training.Optimizers;

/// <summary>Stochastic gradient descent, as <c>torch.optim.SGD</c> without dampening.</summary>
public sealed record SgdSpec : OptimizerSpec
{
    /// <summary>Sets a usual step width.</summary>
    public SgdSpec() => LearningRate = 0.1f;

    /// <summary>What is kept of the last step, 0 to less than 1. Defaults to 0.</summary>
    public float Momentum { get; set; }

    /// <summary>Whether the gradient counts as taken after the momentum's step. Defaults to false.</summary>
    public bool Nesterov { get; set; }

    internal override IEnumerable<string> FindFaults()
    {
        foreach (var fault in base.FindFaults())
            yield return fault;
        if (Momentum is not (>= 0 and < 1))
            yield return $"optimizer.momentum is {Momentum}, expected a number from 0 to less than 1";
    }

    internal override Optimizer Build(AcceleratorStream stream, long parameters) => new SgdOptimizer(stream, this, parameters);
}
