using System.Diagnostics;
using Hearth.Testing;
using Hearth.Training.Datasets;
using Hearth.Training.Models;
using Xunit.Abstractions;

namespace Hearth.Training.Tests;

/// <summary>Digits that people wrote.</summary>
public sealed class MnistTests(ITestOutputHelper output)
{
    [SharedDataFact]
    public void TakeStep_Mlp_ReachesTheAccuracyThatIsExpectedOfIt()
    {
        var training = Read("train");
        var test = Read("t10k");
        using var accelerator = Make.Accelerator();
        using var trainer = new Trainer(accelerator, ModelSpec.Mlp(training, Normalization.OfBytes, 128), training, new TrainingOptions());
        var watch = Stopwatch.StartNew();

        Make.Run(trainer, 8L * trainer.StepsPerEpoch);

        var evaluation = new Classifier(trainer.Network).Evaluate(test);
        output.WriteLine($"{trainer.Step} steps in {watch.Elapsed.TotalSeconds:0.00} s on {accelerator.Name}: accuracy {evaluation.Accuracy:0.0000}, loss {evaluation.Loss:0.0000}");
        Assert.Equal((8000, 2000, 784), (training.Count, test.Count, test.FeatureCount));
        Assert.InRange(evaluation.Accuracy, 0.93, 1);
    }

    private static Dataset Read(string name) =>
        IdxDataset.Read(SharedData.PathOf($"mnist10k/{name}-images-idx3-ubyte.gz"), SharedData.PathOf($"mnist10k/{name}-labels-idx1-ubyte.gz"), classes: 10);
}
