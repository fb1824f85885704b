namespace Hearth.Compute.Accelerators;

/// <summary>A step of an adaptive server, FedAdagrad, FedAdam or FedYogi (Reddi et al., ICLR 2021). There is no correction of bias.</summary>
/// <param name="Variance">Which of the three.</param>
/// <param name="LearningRate">Step width.</param>
/// <param name="Beta1">Decay of the changes' mean. The default is 0.9; the paper's FedAdagrad has 0.</param>
/// <param name="Beta2">Decay of the squared changes. The default is 0.99; FedAdagrad has none.</param>
/// <param name="Tau">Adaptivity, added to the variance's root. The default is 1e-3.</param>
public readonly record struct ServerOptions(
    ServerVariance Variance,
    float LearningRate,
    float Beta1 = 0.9f,
    float Beta2 = 0.99f,
    float Tau = 1e-3f);
