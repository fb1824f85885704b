using System.Buffers.Binary;
using System.Numerics.Tensors;
using System.Text;
using Hearth.Compute;
using Hearth.Compute.Accelerators;
using Hearth.Training.Models;

namespace Hearth.Worker.Models;

/// <summary>A model that Hearth trained. Takes a batch of examples as measured, answers each one's <c>probabilities</c> and the <c>label</c> of the likeliest class.</summary>
internal sealed class HearthModel : IModel
{
    private const int Probabilities = 0;

    private readonly Network _network;
    private readonly Classifier _classifier;
    private readonly byte[][] _labels;

    /// <summary>Serves a network, which becomes its own.</summary>
    public HearthModel(Network network)
    {
        _network = network;
        _classifier = new Classifier(network);
        _labels = [.. network.Model.Classes.Select(Encode)];
        var shape = network.Model.Input.Shape;
        Signature = new(
            [new(network.Model.Input.Name, DataType.F32, [-1, .. shape], ["batch", .. shape.Select(_ => "")])],
            [
                new("probabilities", DataType.F32, [-1, _labels.Length], ["batch", ""]),
                new("label", DataType.Bytes, [-1], ["batch"]),
            ]);
    }

    /// <summary>Bytes of its parameters, which are all that it holds between two runs.</summary>
    public long Bytes => _network.Values.Length * sizeof(float);

    /// <inheritdoc/>
    public string Platform => "hearth_safetensors";

    /// <inheritdoc/>
    public ModelSignature Signature { get; }

    /// <inheritdoc/>
    public HostTensor[] Run(IReadOnlyList<HostTensor> inputs, IReadOnlyList<int> outputs, CancellationToken cancellation)
    {
        var examples = inputs[0];
        var probabilities = HostTensor.Allocate(DataType.F32, TensorShape.Of(examples.Shape.Dimensions[0], _labels.Length));
        var answered = false;
        try
        {
            _classifier.Predict(examples.Buffer.AsSpan<float>(), probabilities.Buffer.AsSpan<float>(), cancellation);
            HostTensor[] answer = [.. outputs.Select(output => output == Probabilities ? probabilities : Label(probabilities))];
            answered = outputs.Contains(Probabilities);
            return answer;
        }
        catch (AcceleratorMemoryException e)
        {
            throw new ModelRunException(e.Message, isCallersFault: false, e);
        }
        finally
        {
            if (!answered)
                probabilities.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _network.Dispose();

    /// <summary>A class as an element of <see cref="DataType.Bytes"/>.</summary>
    private static byte[] Encode(string name)
    {
        var element = new byte[BytesElements.PrefixLength + Encoding.UTF8.GetByteCount(name)];
        BinaryPrimitives.WriteInt32LittleEndian(element, element.Length - BytesElements.PrefixLength);
        Encoding.UTF8.GetBytes(name, element.AsSpan(BytesElements.PrefixLength));
        return element;
    }

    private HostTensor Label(HostTensor probabilities)
    {
        var rows = (int)probabilities.Shape.Dimensions[0];
        var values = probabilities.Buffer.AsSpan<float>();
        using var elements = new MemoryStream();
        for (var row = 0; row < rows; row++)
            elements.Write(_labels[TensorPrimitives.IndexOfMax<float>(values.Slice(row * _labels.Length, _labels.Length))]);
        return new HostTensor(DataType.Bytes, TensorShape.Of(rows), HostBuffer.CopyOf(elements.ToArray()));
    }
}
