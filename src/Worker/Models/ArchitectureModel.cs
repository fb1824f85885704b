using Hearth.Api.Models;
using Hearth.Training.Layers;
using Hearth.Training.Models;

namespace Hearth.Worker.Models;

/// <summary>The built-in model that a spec asks for.</summary>
internal static class ArchitectureModel
{
    /// <summary>The model, where the spec leaves input and classes open with those of the data. It may have faults; see <see cref="ModelSpec.FindFaults"/>.</summary>
    public static ModelSpec ToModelSpec(this ArchitectureSpec architecture, IReadOnlyList<long> dataShape, IReadOnlyList<string> dataClasses)
    {
        IReadOnlyList<string> classes = architecture.Classes is { Count: > 0 } named ? named : dataClasses;
        List<LayerSpec> layers = [];
        foreach (var width in architecture.Hidden ?? [])
            layers.AddRange([new LinearSpec { Outputs = width }, new ReluSpec()]);
        layers.Add(new LinearSpec { Outputs = classes.Count });
        return new ModelSpec
        {
            Input = new ModelInput { Shape = architecture.InputShape is { Count: > 0 } shape ? [.. shape] : dataShape },
            Normalization = new Normalization { Mean = [(float)architecture.Mean], Scale = [(float)architecture.Scale] },
            Layers = layers,
            Classes = classes,
        };
    }
}
