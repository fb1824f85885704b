namespace Hearth.Training.Layers;

/// <summary>max(x, 0) of every input.</summary>
public sealed record ReluSpec : LayerSpec
{
    internal override string? Fault => null;

    internal override Layer Build(int inputs) => new ReluLayer(inputs);
}
