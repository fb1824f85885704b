using Hearth.Compute;
using Hearth.Training.Datasets;
using Hearth.Training.Models;

namespace Hearth.Training.Tests.Models;

public sealed class ClassifierTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(256)]
    [InlineData(601)]
    public void Predict_AnyNumberOfExamples_GivesWhatTheFormulaDoes(int count)
    {
        using var accelerator = Make.Accelerator();
        var data = Make.Blobs(count, 3, 3, seed: 5);
        using var network = new Network(accelerator, ModelSpec.SoftmaxRegression(data, new Normalization { Mean = [1, 2, 3], Scale = [0.5f, 1, 2] }));
        network.Initialize(1);
        var examples = Enumerable.Range(0, count).SelectMany(row => data.Features(row).ToArray()).ToArray();
        var probabilities = new float[count * 3];

        new Classifier(network).Predict(examples, probabilities);

        var values = Make.ValuesOf(network);
        for (var row = 0; row < count; row++)
        {
            var expected = Reference(data.Features(row).ToArray(), values);
            for (var c = 0; c < 3; c++)
                Assert.Equal(expected[c], probabilities[(3 * row) + c], 1e-5);
        }
    }

    [Fact]
    public void Predict_LengthsThatDoNotFit_NamesThem()
    {
        using var accelerator = Make.Accelerator();
        using var network = new Network(accelerator, ModelSpec.SoftmaxRegression(Make.Blobs(1, 3, 2, 1), new Normalization()));

        var error = Assert.Throws<ArgumentException>(() => new Classifier(network).Predict(new float[4], new float[2]));

        Assert.Contains("4 features and 2 probabilities", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluate_KnownWeights_CountsWhatIsRight()
    {
        using var accelerator = Make.Accelerator();
        var data = new Dataset([0, 1, 0, 2, 3, 0, 1, 0], [1, 1, 0, 1], TensorShape.Of(2), ["a", "b"]);
        using var network = new Network(accelerator, ModelSpec.SoftmaxRegression(data, new Normalization()));
        accelerator.DefaultStream.CopyFromCPU<float>([1, 0, 0, 1, 0, 0], network.Values);

        var evaluation = new Classifier(network).Evaluate(data);

        // Three of four; the logits differ by 1, 2, 3 and, the wrong way, by 1.
        Assert.Equal(0.75, evaluation.Accuracy);
        Assert.Equal(new[] { -1.0, -2, -3, 1 }.Average(x => Math.Log(1 + Math.Exp(x))), evaluation.Loss, 1e-6);
    }

    [Fact]
    public void Evaluate_DataOfOtherClassesOrNone_IsRefused()
    {
        using var accelerator = Make.Accelerator();
        using var network = new Network(accelerator, ModelSpec.SoftmaxRegression(Make.Blobs(1, 3, 3, 1), new Normalization()));
        var classifier = new Classifier(network);

        Assert.Contains("c0, c1", Assert.Throws<ArgumentException>(() => classifier.Evaluate(Make.Blobs(9, 3, 2, 1))).Message, StringComparison.Ordinal);
        Assert.Contains("[4]", Assert.Throws<ArgumentException>(() => classifier.Evaluate(Make.Blobs(9, 4, 3, 1))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => classifier.Evaluate(Make.Blobs(0, 3, 3, 1)));
    }

    private static double[] Reference(float[] features, float[] values)
    {
        double[] normalized = [(features[0] - 1) * 0.5, features[1] - 2, (features[2] - 3) * 2];
        var exponentials = Enumerable.Range(0, 3)
            .Select(c => Math.Exp(Enumerable.Range(0, 3).Sum(i => normalized[i] * values[(3 * c) + i]) + values[9 + c])).ToArray();
        return [.. exponentials.Select(e => e / exponentials.Sum())];
    }
}
