using Hearth.Compute;

namespace Hearth.Training.Layers;

/// <summary>A tensor that a layer learns.</summary>
/// <param name="Name">Its name within the layer.</param>
/// <param name="Shape">Its dimensions.</param>
internal sealed record LayerParameter(string Name, TensorShape Shape);
