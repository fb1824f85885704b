using System.Collections.Immutable;
using Hearth.Compute;
using Hearth.Training.Models;

namespace Hearth.Training.Datasets;

/// <summary>Labelled examples in memory.</summary>
public sealed class Dataset
{
    private readonly float[] _features;
    private readonly int[] _labels;

    /// <summary>Presents examples.</summary>
    /// <param name="features">As measured, one example after another.</param>
    /// <param name="labels">Index among <paramref name="classes"/> for every example.</param>
    /// <param name="exampleShape">Dimensions of one example.</param>
    /// <param name="classes">Names of the classes.</param>
    /// <exception cref="ArgumentException">They do not fit each other.</exception>
    public Dataset(float[] features, int[] labels, TensorShape exampleShape, ImmutableArray<string> classes)
    {
        if (features.Length != labels.Length * exampleShape.ElementCount)
            throw new ArgumentException($"{labels.Length} examples of shape {exampleShape} have other than {features.Length} features.", nameof(features));
        if (labels.Any(label => label < 0 || label >= classes.Length))
            throw new ArgumentException($"A label is no index among {classes.Length} classes.", nameof(labels));
        _features = features;
        _labels = labels;
        ExampleShape = exampleShape;
        Classes = classes;
        FeatureCount = (int)exampleShape.ElementCount;
    }

    /// <summary>Number of examples.</summary>
    public int Count => _labels.Length;

    /// <summary>Dimensions of one example.</summary>
    public TensorShape ExampleShape { get; }

    /// <summary>Features of one example.</summary>
    public int FeatureCount { get; }

    /// <summary>Names of the classes.</summary>
    public ImmutableArray<string> Classes { get; }

    /// <summary>Features of an example.</summary>
    public ReadOnlySpan<float> Features(int index) => _features.AsSpan(index * FeatureCount, FeatureCount);

    /// <summary>Class of an example.</summary>
    public int Label(int index) => _labels[index];

    /// <summary>A part of the examples, copied.</summary>
    /// <param name="indices">Which ones, in their new order.</param>
    public Dataset Take(IReadOnlyList<int> indices)
    {
        var features = new float[(long)indices.Count * FeatureCount];
        var labels = new int[indices.Count];
        for (var i = 0; i < labels.Length; i++)
        {
            Features(indices[i]).CopyTo(features.AsSpan(i * FeatureCount));
            labels[i] = Label(indices[i]);
        }
        return new Dataset(features, labels, ExampleShape, Classes);
    }

    /// <summary>The same examples, their classes named otherwise, and perhaps more of them: a shard may lack the last ones.</summary>
    /// <exception cref="ArgumentException">A label has no name among them.</exception>
    public Dataset WithClasses(ImmutableArray<string> classes) => new(_features, _labels, ExampleShape, classes);

    /// <summary>Why the model does not take these examples, a sentence; null where it does.</summary>
    public string? FindMisfit(ModelSpec model)
    {
        if (Count == 0)
            return "The data has no examples.";
        if (!ExampleShape.Dimensions.SequenceEqual(model.Input.Shape))
            return $"The data's examples have shape {ExampleShape}, the model takes [{string.Join(',', model.Input.Shape)}].";
        return Classes.SequenceEqual(model.Classes) ? null
            : $"The data has classes {string.Join(", ", Classes)}; the model has {string.Join(", ", model.Classes)}.";
    }

    /// <summary>Checks that the model takes these examples.</summary>
    /// <exception cref="ArgumentException">It does not.</exception>
    internal void ThrowUnlessFor(ModelSpec model)
    {
        if (FindMisfit(model) is { } misfit)
            throw new ArgumentException(misfit);
    }
}
