using Hearth.Compute.Accelerators;

namespace Hearth.Training.Models;

/// <summary>Memory for what passes through a network, forth and perhaps back. Passes over one network may overlap, each on a stream of its own.</summary>
internal sealed class NetworkPass : IDisposable
{
    private readonly Network _network;
    private readonly AcceleratorStream _stream;
    private readonly int _maxRows;
    private readonly int[] _widths;
    private readonly int _widest;

    // The activations, then two slopes: one allocation, which succeeds or leaves nothing behind.
    private readonly MemoryBuffer<float> _memory;
    private readonly Normalization.Normalizer _normalizer;
    private readonly float[] _examples;

    /// <summary>Allocates for batches of up to <paramref name="maxRows"/> examples.</summary>
    public NetworkPass(Network network, AcceleratorStream stream, int maxRows, bool backward)
    {
        _network = network;
        _stream = stream;
        _normalizer = network.Model.Normalization.ForFeatures(network.Model.FeatureCount);
        _examples = new float[checked(maxRows * network.Model.FeatureCount)];
        _maxRows = maxRows;
        _widths = [.. network.Layers.Select(layer => layer.Inputs).Append(network.Layers[^1].Outputs)];
        // Slopes of neighbouring layers change places; the input's is never computed.
        _widest = backward ? network.Layers.Max(layer => layer.Outputs) : 0;
        _memory = network.Accelerator.Allocate<float>(maxRows * (Before(_widths.Length) + (2L * _widest)));
    }

    /// <summary>Sets an example of the next batch, as measured.</summary>
    public void SetExample(int row, ReadOnlySpan<float> features) =>
        _normalizer.Apply(features, _examples.AsSpan(row * features.Length, features.Length));

    /// <summary>Where <see cref="Forward"/> leaves the logits.</summary>
    public ArrayView<float> Output(int rows) => Activation(_network.Layers.Length, rows);

    /// <summary>Where the slope at the logits goes before <see cref="Backward"/>.</summary>
    public ArrayView<float> OutputSlope(int rows) => Slope(_network.Layers.Length, rows);

    /// <summary>Computes the logits of the first examples that were set.</summary>
    public void Forward(int rows)
    {
        var input = Activation(0, rows);
        _stream.CopyFromCPU<float>(_examples.AsSpan(0, (int)input.Length), input);
        for (var i = 0; i < _network.Layers.Length; i++)
            _network.Layers[i].Forward(_stream, _network.ValuesOf(_network.Values, i), Activation(i, rows), Activation(i + 1, rows));
    }

    /// <summary>Computes the slopes at all parameters, after <see cref="Forward"/> of the same rows.</summary>
    public void Backward(int rows, ArrayView<float> gradients)
    {
        for (var i = _network.Layers.Length - 1; i >= 0; i--)
        {
            _network.Layers[i].Backward(_stream, new(
                _network.ValuesOf(_network.Values, i), _network.ValuesOf(gradients, i),
                Activation(i, rows), Activation(i + 1, rows),
                Slope(i + 1, rows), i > 0 ? Slope(i, rows) : null));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _memory.Dispose();

    private ArrayView<float> Activation(int boundary, int rows) =>
        _memory.View.SubView(_maxRows * Before(boundary), (long)rows * _widths[boundary]);

    private ArrayView<float> Slope(int boundary, int rows) =>
        _memory.View.SubView(_maxRows * (Before(_widths.Length) + ((long)(boundary % 2) * _widest)), (long)rows * _widths[boundary]);

    /// <summary>Width of all activations before a boundary between layers.</summary>
    private long Before(int boundary) => _widths.Take(boundary).Sum(width => (long)width);
}
