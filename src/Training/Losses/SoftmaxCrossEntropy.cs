using Hearth.Compute.Accelerators;

namespace Hearth.Training.Losses;

/// <summary>Cross-entropy of the softmax of logits against the true classes, averaged over a batch.</summary>
internal sealed class SoftmaxCrossEntropy : IDisposable
{
    private readonly int _classes;
    private readonly float[] _labels;
    private readonly MemoryBuffer<float> _targets;
    private readonly MemoryBuffer<float> _logProbabilities;

    /// <summary>Allocates for batches of up to <paramref name="maxRows"/> examples.</summary>
    public SoftmaxCrossEntropy(Accelerator accelerator, int classes, int maxRows)
    {
        _classes = classes;
        _labels = new float[checked(maxRows * classes)];
        _targets = accelerator.Allocate<float>(_labels.Length);
        _logProbabilities = accelerator.Allocate<float>(_labels.Length);
    }

    /// <summary>Sets the class of an example of the next batch.</summary>
    public void SetLabel(int row, int label)
    {
        var oneHot = _labels.AsSpan(row * _classes, _classes);
        oneHot.Clear();
        oneHot[label] = 1;
    }

    /// <summary>Computes the loss of the logits, and its slope at them: (softmax - one-hot) / rows.</summary>
    /// <param name="stream">Where to compute.</param>
    /// <param name="logits">A row for each example that was set.</param>
    /// <param name="slope">Receives the slope.</param>
    /// <param name="rows">Examples over which the average is taken: these, and perhaps others that are looked at elsewhere.</param>
    public double Compute(AcceleratorStream stream, ArrayView<float> logits, ArrayView<float> slope, long rows)
    {
        var targets = _targets.View.SubView(0, logits.Length);
        var logProbabilities = _logProbabilities.View.SubView(0, logits.Length);
        stream.CopyFromCPU<float>(_labels.AsSpan(0, (int)logits.Length), targets);
        stream.LogSoftmax(_classes, logits, logProbabilities);
        stream.Softmax(_classes, logits, slope);
        stream.Axpy(-1, targets, slope);
        stream.Scale(1f / rows, slope);
        return -stream.Dot(targets, logProbabilities) / rows;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _targets.Dispose();
        _logProbabilities.Dispose();
    }
}
