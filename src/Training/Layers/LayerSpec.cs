using System.Text.Json.Serialization;

namespace Hearth.Training.Layers;

/// <summary>A layer as a model's description names it. Its inputs are the outputs of the layer before.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(LinearSpec), "Linear")]
[JsonDerivedType(typeof(ReluSpec), "Relu")]
public abstract record LayerSpec
{
    /// <summary>What is wrong with it; null when nothing is.</summary>
    internal abstract string? Fault { get; }

    /// <summary>Makes the layer for so many inputs. Only where <see cref="Fault"/> is null.</summary>
    internal abstract Layer Build(int inputs);
}
