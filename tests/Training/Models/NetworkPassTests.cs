using Hearth.Compute.Accelerators;
using Hearth.Training.Datasets;
using Hearth.Training.Losses;
using Hearth.Training.Models;

namespace Hearth.Training.Tests.Models;

public sealed class NetworkPassTests
{
    [Theory]
    [InlineData]
    [InlineData(5)]
    [InlineData(7, 3)]
    public void Backward_AnyDepth_IsTheSlopeOfTheLoss(params int[] hidden)
    {
        // Narrow, since the loss has kinks where a ReLU turns on.
        const double Width = 1e-3;
        using var accelerator = Make.Accelerator();
        var data = Make.Blobs(9, 6, 4, seed: 3);
        using var network = new Network(accelerator, ModelSpec.Mlp(data, new Normalization { Mean = [0.5f] }, hidden));
        network.Initialize(11);
        using var gradients = accelerator.Allocate<float>(network.Values.Length);
        ComputeLoss(network, data, gradients.View);
        var slopes = new float[network.Values.Length];
        accelerator.DefaultStream.CopyToCPU(gradients.View, slopes.AsSpan());

        var values = Make.ValuesOf(network);
        for (var i = 0; i < values.Length; i++)
        {
            var measured = (LossAt(i, Width) - LossAt(i, -Width)) / (2 * Width);
            Assert.True(Math.Abs(measured - slopes[i]) < 1e-3, $"parameter {i}: measured {measured}, computed {slopes[i]}");
        }

        double LossAt(int index, double difference)
        {
            var moved = values.ToArray();
            moved[index] += (float)difference;
            accelerator.DefaultStream.CopyFromCPU<float>(moved, network.Values);
            return ComputeLoss(network, data, gradients.View);
        }
    }

    private static double ComputeLoss(Network network, Dataset data, ArrayView<float> gradients)
    {
        var stream = network.Accelerator.DefaultStream;
        using var pass = new NetworkPass(network, stream, data.Count, backward: true);
        using var loss = new SoftmaxCrossEntropy(network.Accelerator, network.Model.Classes.Count, data.Count);
        for (var row = 0; row < data.Count; row++)
        {
            pass.SetExample(row, data.Features(row));
            loss.SetLabel(row, data.Label(row));
        }
        pass.Forward(data.Count);
        var value = loss.Compute(stream, pass.Output(data.Count), pass.OutputSlope(data.Count), data.Count);
        pass.Backward(data.Count, gradients);
        return value;
    }
}
