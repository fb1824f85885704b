using Hearth.Compute;

namespace Hearth.Federation.Models;

/// <summary>A tensor of the model.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">Its dimensions.</param>
/// <param name="Offset">Where its elements begin among those of all tensors.</param>
internal sealed record ModelTensor(string Name, TensorShape Shape, long Offset);
