namespace Hearth.Compute.Accelerators;

/// <summary>Adam (Kingma and Ba, ICLR 2015), as <c>torch.optim.Adam</c>.</summary>
/// <param name="LearningRate">Step width.</param>
/// <param name="Beta1">Decay of the gradients' mean. The usual value is 0.9.</param>
/// <param name="Beta2">Decay of the squared gradients' mean. The usual value is 0.999.</param>
/// <param name="Epsilon">Keeps the quotient finite. The usual value is 1e-8.</param>
/// <param name="WeightDecay">L2 penalty, added to the gradient. The default is 0.</param>
public readonly record struct AdamOptions(
    float LearningRate,
    float Beta1 = 0.9f,
    float Beta2 = 0.999f,
    float Epsilon = 1e-8f,
    float WeightDecay = 0);
