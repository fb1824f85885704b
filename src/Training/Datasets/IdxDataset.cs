using System.Globalization;
using Hearth.Compute;

namespace Hearth.Training.Datasets;

/// <summary>Data as the MNIST database has it: a file of examples and one of labels.</summary>
public static class IdxDataset
{
    // Labels are counted from 0; more classes than this are a sign of a file that holds no labels.
    private const int MaxClasses = 1 << 16;

    /// <summary>Reads a pair of files, plain or compressed by gzip.</summary>
    /// <param name="examplesPath">Examples, the first dimension being their number.</param>
    /// <param name="labelsPath">As many labels, in one dimension.</param>
    /// <param name="classes">Number of classes; null for as many as the largest label makes necessary. Test data takes the number of its training data.</param>
    /// <exception cref="DatasetException">A file is malformed, or they do not fit each other.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static Dataset Read(string examplesPath, string labelsPath, int? classes = null)
    {
        var examples = IdxFile.Read(examplesPath);
        if (examples.Shape.Rank < 2 || examples.Shape.ElementCount == 0)
            throw new DatasetException(examplesPath, $"examples have two dimensions or more and none of them is 0, found {examples.Shape}");
        var labels = IdxFile.Read(labelsPath);
        if (labels.Shape.Rank != 1 || labels.Shape.ElementCount != examples.Shape.Dimensions[0])
            throw new DatasetException(labelsPath, $"one label is expected for each of the {examples.Shape.Dimensions[0]} examples of '{examplesPath}', found {labels.Shape}");
        var indices = labels.ToLabels(classes ?? MaxClasses);
        var count = classes ?? indices.Max() + 1;
        return new Dataset(
            examples.ToFeatures(), indices, TensorShape.Of([.. examples.Shape.Dimensions.Skip(1)]),
            [.. Enumerable.Range(0, count).Select(index => index.ToString(CultureInfo.InvariantCulture))]);
    }
}
