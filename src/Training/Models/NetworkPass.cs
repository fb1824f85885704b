using Hearth.Compute.Accelerators;

namespace Hearth.Training.Models;

/// <summary>Memory for what passes through a network, forth and perhaps back. Passes over one network may overlap, each on a stream of its own.</summary>
internal sealed class NetworkPass : IDisposable
{
    private readonly Network _network;
    private readonly AcceleratorStream _stream;
    private readonly MemoryBuffer<float>[] _activations;
    private readonly MemoryBuffer<float>[] _slopes = [];
    private readonly Normalization.Normalizer _normalizer;
    private readonly float[] _examples;

    /// <summary>Allocates for batches of up to <paramref name="maxRows"/> examples.</summary>
    public NetworkPass(Network network, AcceleratorStream stream, int maxRows, bool backward)
    {
        _network = network;
        _stream = stream;
        _normalizer = network.Model.Normalization.ForFeatures(network.Model.FeatureCount);
        _examples = new float[checked(maxRows * network.Model.FeatureCount)];
        var layers = network.Layers;
        _activations = [.. layers.Select(layer => layer.Inputs).Append(layers[^1].Outputs).Select(Allocate)];
        // Slopes of neighbouring layers change places; the input's is never computed.
        var widest = layers.Max(layer => layer.Outputs);
        if (backward)
            _slopes = [Allocate(widest), Allocate(widest)];

        MemoryBuffer<float> Allocate(int width) => network.Accelerator.Allocate<float>((long)maxRows * width);
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
    public void Dispose()
    {
        foreach (var buffer in _activations)
            buffer.Dispose();
        foreach (var buffer in _slopes)
            buffer.Dispose();
    }

    private ArrayView<float> Activation(int boundary, int rows) => _activations[boundary].View.SubView(0, (long)rows * WidthAt(boundary));

    private ArrayView<float> Slope(int boundary, int rows) => _slopes[boundary % 2].View.SubView(0, (long)rows * WidthAt(boundary));

    private int WidthAt(int boundary) => boundary == 0 ? _network.Layers[0].Inputs : _network.Layers[boundary - 1].Outputs;
}
