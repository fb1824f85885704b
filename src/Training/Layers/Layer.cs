using System.Collections.Immutable;
using Hearth.Compute.Accelerators;

namespace Hearth.Training.Layers;

/// <summary>A step of a network: what it computes, and how the slope of the loss passes back through it.</summary>
/// <remarks>Holds no state: parameters and activations are handed in, so that passes may overlap.</remarks>
/// <param name="inputs">Elements of an example that it takes.</param>
/// <param name="outputs">Elements of an example that it gives.</param>
internal abstract class Layer(int inputs, int outputs)
{
    public int Inputs { get; } = inputs;

    public int Outputs { get; } = outputs;

    /// <summary>What it learns, in the order in which it lies in memory.</summary>
    public virtual ImmutableArray<LayerParameter> Parameters => [];

    /// <summary>Draws its first parameters.</summary>
    public virtual void Initialize(SplitMix random, Span<float> parameters)
    {
    }

    /// <summary>output = layer(input), row by row.</summary>
    public abstract void Forward(AcceleratorStream stream, ArrayView<float> parameters, ArrayView<float> input, ArrayView<float> output);

    /// <summary>Writes the slopes at parameters and input.</summary>
    public abstract void Backward(AcceleratorStream stream, in LayerSlopes slopes);
}
