namespace Hearth.Training.Layers;

/// <summary>A weighted sum of all inputs for every output, and a bias.</summary>
public sealed record LinearSpec : LayerSpec
{
    /// <summary>Number of outputs, at least 1.</summary>
    public int Outputs { get; set; }

    internal override string? Fault => Outputs > 0 ? null : $"a Linear layer has 1 output or more, not {Outputs}";

    internal override Layer Build(int inputs) => new LinearLayer(inputs, Outputs);
}
