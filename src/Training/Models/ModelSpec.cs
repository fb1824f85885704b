using Hearth.Compute;
using Hearth.Training.Datasets;
using Hearth.Training.Layers;

namespace Hearth.Training.Models;

/// <summary>A classifier without its weights: what goes in, through which layers, to which classes.</summary>
public sealed record ModelSpec
{
    /// <summary>What it takes.</summary>
    public ModelInput Input { get; set; } = new();

    /// <summary>What is done to the input first. Defaults to nothing.</summary>
    public Normalization Normalization { get; set; } = new();

    /// <summary>The layers in order; the last one gives a logit for each class.</summary>
    public IReadOnlyList<LayerSpec> Layers { get; set; } = [];

    /// <summary>Names of the classes, at least two.</summary>
    public IReadOnlyList<string> Classes { get; set; } = [];

    /// <summary>Elements of one example.</summary>
    internal int FeatureCount => (int)TensorShape.Of([.. Input.Shape]).ElementCount;

    /// <summary>Softmax regression (multinomial logistic regression) for data of that shape and those classes.</summary>
    public static ModelSpec SoftmaxRegression(Dataset data, Normalization normalization) => Mlp(data, normalization);

    /// <summary>A multi-layer perceptron: linear layers of the given widths with ReLU behind each, and one to the classes.</summary>
    public static ModelSpec Mlp(Dataset data, Normalization normalization, params ReadOnlySpan<int> hidden)
    {
        List<LayerSpec> layers = [];
        foreach (var width in hidden)
            layers.AddRange([new LinearSpec { Outputs = width }, new ReluSpec()]);
        layers.Add(new LinearSpec { Outputs = data.Classes.Length });
        return new ModelSpec
        {
            Input = new ModelInput { Shape = data.ExampleShape.Dimensions },
            Normalization = normalization,
            Layers = layers,
            Classes = data.Classes,
        };
    }

    /// <summary>Everything that is wrong with it.</summary>
    public IEnumerable<string> FindFaults()
    {
        if (Input.Name.Length == 0)
            yield return "input.name is empty";
        long? features = Input.Shape.All(dimension => dimension > 0) && TensorShape.TryCreate([.. Input.Shape], out var shape) ? shape.ElementCount : null;
        if (features is null or > int.MaxValue)
        {
            yield return $"input.shape is [{string.Join(',', Input.Shape)}], expected positive dimensions with a product of {int.MaxValue} at most";
            yield break;
        }
        foreach (var fault in Normalization.FindFaults(features.Value))
            yield return fault;
        if (Classes.Count < 2)
            yield return $"classes names {Classes.Count}, expected 2 or more";
        if (Classes.Any(name => name is null) || Classes.Distinct().Count() != Classes.Count)
            yield return "classes names one twice, or has a null in it";
        foreach (var fault in FindLayerFaults((int)features.Value))
            yield return fault;
    }

    /// <summary>The layers, ready to compute. Only where there are no faults.</summary>
    internal IEnumerable<Layer> BuildLayers()
    {
        var width = FeatureCount;
        foreach (var spec in Layers)
        {
            var layer = spec.Build(width);
            yield return layer;
            width = layer.Outputs;
        }
    }

    private IEnumerable<string> FindLayerFaults(int features)
    {
        var width = features;
        for (var i = 0; i < Layers.Count; i++)
        {
            var fault = Layers[i] is { } layer ? layer.Fault : "it is null";
            if (fault is not null)
            {
                yield return $"layers[{i}]: {fault}";
                yield break;
            }
            width = Layers[i].Build(width).Outputs;
        }
        if (Layers.Count == 0)
            yield return "layers is empty, expected one or more";
        else if (width != Classes.Count)
            yield return $"the last layer has {width} outputs, expected one for each of {Classes.Count} classes";
    }
}
