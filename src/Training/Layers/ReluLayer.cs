using Hearth.Compute.Accelerators;

namespace Hearth.Training.Layers;

/// <summary>y = max(x, 0).</summary>
internal sealed class ReluLayer(int width) : Layer(width, width)
{
    public override void Forward(AcceleratorStream stream, ArrayView<float> parameters, ArrayView<float> input, ArrayView<float> output) =>
        stream.Relu(input, output);

    public override void Backward(AcceleratorStream stream, in LayerSlopes slopes)
    {
        if (slopes.InputSlope is { } inputSlope)
            stream.ReluGradient(slopes.Output, slopes.OutputSlope, inputSlope);
    }
}
