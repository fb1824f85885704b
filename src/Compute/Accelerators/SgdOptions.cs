namespace Hearth.Compute.Accelerators;

/// <summary>Stochastic gradient descent, as <c>torch.optim.SGD</c> without dampening.</summary>
/// <param name="LearningRate">Step width.</param>
/// <param name="Momentum">What is kept of the last step. The default is 0: no velocity is kept.</param>
/// <param name="WeightDecay">L2 penalty. The default is 0.</param>
/// <param name="Nesterov">Whether the gradient counts as taken after the momentum's step. The default is false.</param>
public readonly record struct SgdOptions(float LearningRate, float Momentum = 0, float WeightDecay = 0, bool Nesterov = false);
