namespace Hearth.Compute.Accelerators;

/// <summary>What Adam keeps between steps.</summary>
/// <param name="Mean">Decaying mean of the gradients; zero before the first step.</param>
/// <param name="Variance">Decaying mean of the squared gradients; zero before the first step.</param>
/// <param name="Step">Number of the step to take, from 1.</param>
public readonly record struct AdamState(ArrayView<float> Mean, ArrayView<float> Variance, long Step);
