using Hearth.Training.Models;
using Hearth.Training.Optimizers;

namespace Hearth.Training.Tests;

public sealed class TrainerTests
{
    public static TheoryData<string> Optimizers => ["Sgd", "Momentum", "Adam"];

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void TakeStep_Digits_AreLearned(string optimizer)
    {
        using var accelerator = Make.Accelerator();
        var data = Make.DigitData(2000, seed: 1);
        using var trainer = new Trainer(
            accelerator, ModelSpec.Mlp(data, Normalization.OfBytes, 64), data, new TrainingOptions { BatchSize = 50, Optimizer = OptimizerOf(optimizer) });

        Make.Run(trainer, 30L * trainer.StepsPerEpoch);

        var evaluation = new Classifier(trainer.Network).Evaluate(Make.DigitData(500, seed: 2));
        Assert.InRange(evaluation.Accuracy, 0.9, 1);
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void TakeStep_SameSeed_GivesTheSameBitsOnAnyNumberOfThreads(string optimizer)
    {
        var expected = TrainOn(threads: 1, seed: 7, optimizer);

        Assert.Equal(expected, TrainOn(threads: 1, seed: 7, optimizer));
        Assert.Equal(expected, TrainOn(threads: 2, seed: 7, optimizer));
        Assert.Equal(expected, TrainOn(threads: 5, seed: 7, optimizer));
        Assert.NotEqual(expected, TrainOn(threads: 2, seed: 8, optimizer));
    }

    [Fact]
    public void TakeStep_FirstStep_ReportsTheLossOfTheFirstWeights()
    {
        using var accelerator = Make.Accelerator();
        var data = Make.Blobs(40, 5, 4, seed: 2);
        var model = ModelSpec.SoftmaxRegression(data, new Normalization());
        using var trainer = new Trainer(accelerator, model, data, new TrainingOptions { BatchSize = 100, Seed = 3 });
        using var untrained = new Network(accelerator, model);
        untrained.Initialize(3);

        var loss = trainer.TakeStep();

        Assert.Equal(new Classifier(untrained).Evaluate(data).Loss, loss, 1e-5);
        Assert.Equal((1, 1), (trainer.Step, trainer.StepsPerEpoch));
    }

    [Fact]
    public void TakeStep_LossOverflows_SaysSoAndKeepsTheWeights()
    {
        using var accelerator = Make.Accelerator();
        var data = Make.DigitData(100, seed: 1);
        using var trainer = new Trainer(
            accelerator, ModelSpec.Mlp(data, new Normalization(), 16), data, new TrainingOptions { Optimizer = new SgdSpec { LearningRate = 1e30f } });

        var error = Assert.Throws<TrainingDivergedException>(() => Make.Run(trainer, 10));

        Assert.Equal(trainer.Step + 1, error.Step);
        Assert.Contains("learning rate", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Construct_OptionsWithFaults_NamesAllOfThem()
    {
        using var accelerator = Make.Accelerator();
        var data = Make.Blobs(4, 2, 2, seed: 1);
        var options = new TrainingOptions { BatchSize = 0, Optimizer = new AdamSpec { LearningRate = float.NaN, Beta1 = 1, Epsilon = 0 } };

        var error = Assert.Throws<ArgumentException>(() => new Trainer(accelerator, ModelSpec.SoftmaxRegression(data, new Normalization()), data, options));

        Assert.All(["batchSize", "learningRate", "beta1", "epsilon"], name => Assert.Contains(name, error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Dispose_Always_GivesAllMemoryBack()
    {
        using var accelerator = Make.Accelerator();
        var data = Make.Blobs(40, 5, 4, seed: 2);
        using (var trainer = new Trainer(accelerator, ModelSpec.Mlp(data, new Normalization(), 3), data, new TrainingOptions()))
        {
            Make.Run(trainer, 2);
            new Classifier(trainer.Network).Evaluate(data);
        }

        Assert.Equal(0, accelerator.MemoryInUse);
    }

    private static byte[] TrainOn(int threads, ulong seed, string optimizer)
    {
        using var accelerator = Make.Accelerator(threads);
        var data = Make.DigitData(300, seed: 1);
        using var trainer = new Trainer(
            accelerator, ModelSpec.Mlp(data, Normalization.OfBytes, 600, 33), data,
            new TrainingOptions { BatchSize = 70, Seed = seed, Optimizer = OptimizerOf(optimizer) });
        Make.Run(trainer, 12);
        return Make.BytesOf(trainer.Network);
    }

    private static OptimizerSpec OptimizerOf(string name) => name switch
    {
        "Sgd" => new SgdSpec { LearningRate = 0.3f },
        "Momentum" => new SgdSpec { LearningRate = 0.05f, Momentum = 0.9f, Nesterov = true, WeightDecay = 1e-4f },
        _ => new AdamSpec { LearningRate = 3e-3f },
    };
}
