using System.Collections.Immutable;
using Hearth.Compute;
using Hearth.Compute.Accelerators;

namespace Hearth.Training.Layers;

/// <summary>y = x · Wᵀ + b, with W as [outputs, inputs], which is how <c>torch.nn.Linear</c> keeps it.</summary>
internal sealed class LinearLayer(int inputs, int outputs) : Layer(inputs, outputs)
{
    private long Weights => (long)Inputs * Outputs;

    public override ImmutableArray<LayerParameter> Parameters =>
        [new("weight", TensorShape.Of(Outputs, Inputs)), new("bias", TensorShape.Of(Outputs))];

    /// <summary>Weights and biases are uniform within ±1/√inputs, as <c>torch.nn.Linear</c> draws them.</summary>
    public override void Initialize(SplitMix random, Span<float> parameters)
    {
        var bound = 1 / Math.Sqrt(Inputs);
        foreach (ref var parameter in parameters)
            parameter = (float)(((2 * random.NextDouble()) - 1) * bound);
    }

    public override void Forward(AcceleratorStream stream, ArrayView<float> parameters, ArrayView<float> input, ArrayView<float> output)
    {
        var rows = output.Length / Outputs;
        stream.Gemm(new GemmShape(rows, Outputs, Inputs, TransposeB: true), 1, input, Weight(parameters), 0, output);
        stream.AddRow(Bias(parameters), output);
    }

    public override void Backward(AcceleratorStream stream, in LayerSlopes slopes)
    {
        var rows = slopes.Output.Length / Outputs;
        stream.Gemm(new GemmShape(Outputs, Inputs, rows, TransposeA: true), 1, slopes.OutputSlope, slopes.Input, 0, Weight(slopes.Gradients));
        stream.SumRows(slopes.OutputSlope, Bias(slopes.Gradients));
        if (slopes.InputSlope is { } inputSlope)
            stream.Gemm(new GemmShape(rows, Inputs, Outputs), 1, slopes.OutputSlope, Weight(slopes.Parameters), 0, inputSlope);
    }

    private ArrayView<float> Weight(ArrayView<float> parameters) => parameters.SubView(0, Weights);

    private ArrayView<float> Bias(ArrayView<float> parameters) => parameters.SubView(Weights, Outputs);
}
