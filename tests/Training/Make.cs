using System.Runtime.InteropServices;
using Hearth.Compute;
using Hearth.Compute.Cpu;
using Hearth.Testing;
using Hearth.Training.Datasets;
using Hearth.Training.Models;

namespace Hearth.Training.Tests;

/// <summary>What several tests need.</summary>
internal static class Make
{
    public static CpuAccelerator Accelerator(int threads = 2) => new(new CpuAcceleratorOptions { Threads = threads });

    /// <summary>Generated digits.</summary>
    public static Dataset DigitData(int count, int seed)
    {
        var (pixels, labels) = Digits.Draw(count, seed);
        return new Dataset(pixels, labels, TensorShape.Of(Digits.Size, Digits.Size), [.. "0123456789".Select(digit => digit.ToString())]);
    }

    /// <summary>Points around a centre for each class.</summary>
    public static Dataset Blobs(int count, int features, int classes, int seed)
    {
        var random = new Random(seed);
        var labels = Enumerable.Range(0, count).Select(_ => random.Next(classes)).ToArray();
        var points = labels.SelectMany(label => Enumerable.Range(0, features).Select(i => (float)((i % classes == label ? 2 : 0) + random.NextDouble()))).ToArray();
        return new Dataset(points, labels, TensorShape.Of(features), [.. Enumerable.Range(0, classes).Select(i => $"c{i}")]);
    }

    public static float[] ValuesOf(Network network)
    {
        var values = new float[network.Values.Length];
        network.Accelerator.DefaultStream.CopyToCPU(network.Values, values.AsSpan());
        return values;
    }

    public static byte[] BytesOf(Network network) => MemoryMarshal.AsBytes<float>(ValuesOf(network)).ToArray();

    public static void Run(Trainer trainer, long steps)
    {
        while (trainer.Step < steps)
            trainer.TakeStep();
    }
}
