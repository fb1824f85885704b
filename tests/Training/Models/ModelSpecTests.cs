using Hearth.Compute;
using Hearth.Training.Datasets;
using Hearth.Training.Layers;
using Hearth.Training.Models;

namespace Hearth.Training.Tests.Models;

public sealed class ModelSpecTests
{
    [Fact]
    public void FindFaults_BuiltIn_FindsNone()
    {
        var data = Make.Blobs(5, 4, 3, seed: 1);

        Assert.Empty(ModelSpec.SoftmaxRegression(data, Normalization.Standardize(data)).FindFaults());
        Assert.Empty(ModelSpec.Mlp(data, Normalization.OfBytes, 8, 5).FindFaults());
    }

    [Fact]
    public void FindFaults_SeveralFaults_NamesAllOfThem()
    {
        var model = new ModelSpec
        {
            Input = new ModelInput { Name = "", Shape = [2, 3] },
            Normalization = new Normalization { Mean = [1, 2], Scale = [float.NaN] },
            Layers = [new LinearSpec { Outputs = 4 }, new ReluSpec()],
            Classes = ["a", "a"],
        };

        Assert.Equal(
            [
                "input.name is empty",
                "normalization.mean has 2 values, expected 1 or one for each of 6 features",
                "normalization.scale holds a value that is not finite",
                "classes names one twice, or has a null in it",
                "the last layer has 4 outputs, expected one for each of 2 classes",
            ],
            model.FindFaults());
    }

    [Theory]
    [InlineData]
    [InlineData(0)]
    [InlineData(4, -1)]
    public void FindFaults_LayersThatCannotBe_SaysWhich(params int[] widths)
    {
        var model = ModelSpec.SoftmaxRegression(Make.Blobs(1, 4, 3, 1), new Normalization()) with
        {
            Layers = [.. widths.Select(width => new LinearSpec { Outputs = width })],
        };

        Assert.Contains("layer", Assert.Single(model.FindFaults()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0L)]
    [InlineData(-3L)]
    [InlineData(3L, 1L << 31)]
    [InlineData(long.MaxValue, 4L)]
    public void FindFaults_ShapeThatCannotBe_SaysWhatItIs(params long[] shape)
    {
        var model = ModelSpec.SoftmaxRegression(Make.Blobs(1, 4, 3, 1), new Normalization()) with { Input = new ModelInput { Shape = shape } };

        Assert.StartsWith("input.shape is [", Assert.Single(model.FindFaults()), StringComparison.Ordinal);
    }

    [Fact]
    public void Standardize_Features_GetMeanZeroAndVarianceOne()
    {
        var data = new Dataset([1, 5, 3, 5, 5, 5], [0, 1, 0], TensorShape.Of(2), ["a", "b"]);

        var normalization = Normalization.Standardize(data);

        Assert.Equal([3, 5], normalization.Mean);
        Assert.Equal(Math.Sqrt(3.0 / 8), normalization.Scale[0], 1e-6);
        Assert.Equal(1, normalization.Scale[1]);
    }
}
