using Hearth.Compute;

namespace Hearth.Training.Models;

/// <summary>A tensor that a network learns.</summary>
/// <param name="Name">Index of its layer, a dot, and its name there: <c>0.weight</c>, as in a <c>torch.nn.Sequential</c>.</param>
/// <param name="Shape">Its dimensions.</param>
/// <param name="Offset">Where its elements begin among all parameters.</param>
public sealed record NetworkParameter(string Name, TensorShape Shape, long Offset);
