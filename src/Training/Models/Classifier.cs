using System.Numerics.Tensors;
using Hearth.Training.Datasets;

namespace Hearth.Training.Models;

/// <summary>Asks a network for classes. Calls may overlap, as long as no one changes the network meanwhile.</summary>
/// <param name="network">Who is asked; stays its owner's.</param>
public sealed class Classifier(Network network)
{
    // Enough rows for matrix products to pay, few enough that activations stay small however many examples there are.
    private const int MaxRows = 256;

    private readonly int _features = network.Model.FeatureCount;
    private readonly int _classes = network.Model.Classes.Count;

    /// <summary>Computes the probability of every class.</summary>
    /// <param name="examples">Features as measured, one example after another.</param>
    /// <param name="probabilities">Receives a row of one value for each class for every example.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    /// <exception cref="ArgumentException">The lengths do not fit each other or the model.</exception>
    public void Predict(ReadOnlySpan<float> examples, Span<float> probabilities, CancellationToken cancellation = default)
    {
        var count = examples.Length / _features;
        if (examples.Length % _features != 0 || probabilities.Length != (long)count * _classes)
        {
            throw new ArgumentException(
                $"{examples.Length} features and {probabilities.Length} probabilities were given; an example has {_features} of the former and {_classes} of the latter.",
                nameof(examples));
        }
        using var stream = network.Accelerator.CreateStream();
        using var pass = new NetworkPass(network, stream, Math.Min(count, MaxRows), backward: false);
        for (var first = 0; first < count; first += MaxRows)
        {
            cancellation.ThrowIfCancellationRequested();
            var rows = Math.Min(MaxRows, count - first);
            for (var row = 0; row < rows; row++)
                pass.SetExample(row, examples.Slice((first + row) * _features, _features));
            pass.Forward(rows);
            stream.Softmax(_classes, pass.Output(rows), pass.Output(rows));
            stream.CopyToCPU(pass.Output(rows), probabilities.Slice(first * _classes, rows * _classes));
        }
    }

    /// <summary>Measures loss and accuracy.</summary>
    /// <exception cref="ArgumentException">The data has no examples, or others than the model takes.</exception>
    public Evaluation Evaluate(Dataset data)
    {
        data.ThrowUnlessFor(network.Model);
        using var stream = network.Accelerator.CreateStream();
        using var pass = new NetworkPass(network, stream, Math.Min(data.Count, MaxRows), backward: false);
        var logits = new float[Math.Min(data.Count, MaxRows) * _classes];
        var (loss, correct) = (0.0, 0);
        for (var first = 0; first < data.Count; first += MaxRows)
        {
            var rows = Math.Min(MaxRows, data.Count - first);
            for (var row = 0; row < rows; row++)
                pass.SetExample(row, data.Features(first + row));
            pass.Forward(rows);
            stream.LogSoftmax(_classes, pass.Output(rows), pass.Output(rows));
            stream.CopyToCPU(pass.Output(rows), logits.AsSpan(0, rows * _classes));
            for (var row = 0; row < rows; row++)
            {
                var logProbabilities = logits.AsSpan(row * _classes, _classes);
                loss -= logProbabilities[data.Label(first + row)];
                if (TensorPrimitives.IndexOfMax<float>(logProbabilities) == data.Label(first + row))
                    correct++;
            }
        }
        return new Evaluation(loss / data.Count, (double)correct / data.Count);
    }
}
