using Hearth.Compute.Accelerators;

namespace Hearth.Training.Layers;

/// <summary>What passes through a layer on the way back. Slopes are those of the loss.</summary>
/// <param name="Parameters">The layer's parameters, one tensor after another.</param>
/// <param name="Gradients">Receives the slope at the parameters, laid out as these.</param>
/// <param name="Input">What the layer was given, a row for each example.</param>
/// <param name="Output">What it answered.</param>
/// <param name="OutputSlope">The slope at the output.</param>
/// <param name="InputSlope">Receives the slope at the input; null for the first layer, where no one asks for it.</param>
internal readonly record struct LayerSlopes(
    ArrayView<float> Parameters,
    ArrayView<float> Gradients,
    ArrayView<float> Input,
    ArrayView<float> Output,
    ArrayView<float> OutputSlope,
    ArrayView<float>? InputSlope);
