using System.Runtime.InteropServices;
using Hearth.Compute;
using Hearth.Worker.Models;

namespace Hearth.Worker.Functions.V2;

/// <summary>Collects a request as it is read, holds it against the model, and names every fault it has at once.</summary>
internal sealed class InferRequestBuilder(ModelSignature model, long bodyLength) : IDisposable
{
    private const int MaxFaults = 16;

    private readonly InputDraft?[] _inputs = new InputDraft?[model.Inputs.Length];
    private readonly List<InputDraft> _binary = [];
    private readonly List<(string? Name, bool? Binary)> _outputs = [];
    private readonly List<string> _faults = [];
    private InputDraft _input = new();

    /// <summary>The caller's id.</summary>
    public string? Id { get; set; }

    /// <summary>Whether outputs go behind the JSON unless they say otherwise.</summary>
    public bool BinaryOutput { get; set; }

    /// <summary>The input being read.</summary>
    public InputDraft Input => _input;

    /// <summary>Inputs begun.</summary>
    public int InputCount { get; private set; }

    /// <summary>Outputs begun.</summary>
    public int OutputCount => _outputs.Count;

    /// <summary>Inputs whose data lies behind the JSON, in that order.</summary>
    public IReadOnlyList<InputDraft> Binary => _binary;

    /// <summary>An input's object begins.</summary>
    public void BeginInput()
    {
        _input = new InputDraft();
        InputCount++;
    }

    /// <summary>The current input's <c>data</c> begins: it is read at once where name, type and shape are known and right, else kept or dropped.</summary>
    public void BeginData()
    {
        if (_input.Data is not null || _input.Capture is not null)
            throw V2Exception.BadRequest("An input has data twice.");
        var known = _input is { Name: not null, TypeName: not null, Shape: not null };
        if (known && Resolve(_input, report: false) is { } target)
            _input.Data = new TensorDataReader(_input.Name!, target.Type, target.Shape);
        else
            _input.Capture = new DataCapture(keep: !known);
    }

    /// <summary>The current input's object ended.</summary>
    public void EndInput()
    {
        var input = _input;
        _input = new InputDraft();
        if (Resolve(input, report: true) is not { } target)
        {
            input.Dispose();
            return;
        }
        if (_inputs[target.Index] is not null)
        {
            Fault($"input '{input.Name}' is given twice");
            input.Dispose();
            return;
        }
        _inputs[target.Index] = input;
        if (input.BinarySize is not null)
            ExpectBinary(input, target);
        else
            TakeData(input, target);
    }

    /// <summary>An output's object begins.</summary>
    public void BeginOutput() => _outputs.Add((null, null));

    /// <summary>Names the current output.</summary>
    public void NameOutput(string name) => _outputs[^1] = _outputs[^1] with { Name = name };

    /// <summary>Says where the current output's data goes.</summary>
    public void SetOutputBinary(bool binary) => _outputs[^1] = _outputs[^1] with { Binary = binary };

    /// <summary>Checks the request as a whole, before any binary data is read.</summary>
    /// <exception cref="V2Exception">It has faults; names them all.</exception>
    public void ThrowIfFaulty()
    {
        for (var i = 0; i < _inputs.Length; i++)
        {
            if (_inputs[i] is null && !_faults.Any(fault => fault.StartsWith($"input '{model.Inputs[i].Name}'", StringComparison.Ordinal)))
                Fault($"input '{model.Inputs[i].Name}' is missing, expected {Describe(model.Inputs[i])}");
        }
        foreach (var (name, _) in _outputs)
        {
            if (IndexOfOutput(name) < 0)
                Fault($"output '{name}' is none of the model's: {string.Join(", ", model.Outputs.Select(output => $"'{output.Name}'"))}");
        }
        foreach (var name in _outputs.GroupBy(output => output.Name).Where(same => same.Skip(1).Any()).Select(same => same.Key))
            Fault($"output '{name}' is asked for twice");
        if (_faults.Count > 0)
            throw V2Exception.BadRequest(string.Join("; ", _faults));
    }

    /// <summary>The request, which then owns the tensors. Only after <see cref="ThrowIfFaulty"/> and the binary data.</summary>
    public InferRequest Build()
    {
        var request = new InferRequest
        {
            Id = Id,
            Inputs = [.. _inputs.Select(input => input!.Tensor!)],
            Outputs = _outputs.Count > 0
                ? [.. _outputs.Select(output => new RequestedOutput(IndexOfOutput(output.Name), output.Binary ?? BinaryOutput))]
                : [.. Enumerable.Range(0, model.Outputs.Length).Select(index => new RequestedOutput(index, BinaryOutput))],
        };
        Array.Clear(_inputs);
        return request;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _input.Dispose();
        foreach (var input in _inputs)
            input?.Dispose();
    }

    private static string Describe(TensorMetadata tensor) => V2DataType.NameOf(tensor.Type) + TensorShape.Format(tensor.Dimensions.AsSpan());

    private void Fault(string fault)
    {
        if (_faults.Count < MaxFaults)
            _faults.Add(fault);
    }

    private int IndexOfOutput(string? name)
    {
        for (var i = 0; i < model.Outputs.Length; i++)
        {
            if (model.Outputs[i].Name == name)
                return i;
        }
        return -1;
    }

    /// <summary>Holds name, type and shape of an input against the model.</summary>
    private (int Index, DataType Type, TensorShape Shape)? Resolve(InputDraft input, bool report)
    {
        var index = 0;
        while (index < model.Inputs.Length && model.Inputs[index].Name != input.Name)
            index++;
        if (index == model.Inputs.Length)
        {
            if (report)
                Fault($"input '{input.Name}' is none of the model's: {string.Join(", ", model.Inputs.Select(i => $"'{i.Name}' {Describe(i)}"))}");
            return null;
        }
        var expected = model.Inputs[index];
        var dimensions = CollectionsMarshal.AsSpan(input.Shape);
        var type = V2DataType.Parse(input.TypeName ?? "");
        var fits = TensorShape.TryCreate(dimensions, out var shape) && input.Shape is not null && expected.Accepts(shape);
        if (type != expected.Type || !fits)
        {
            if (report)
            {
                var given = (input.TypeName ?? "no datatype") + (input.Shape is null ? " without shape" : TensorShape.Format(dimensions));
                Fault($"input '{input.Name}' is {given}, expected {Describe(expected)}");
            }
            return null;
        }
        // Every element takes a byte of the body at least, so that a small body cannot ask for much memory.
        if (shape!.ElementCount > bodyLength)
        {
            if (report)
                Fault($"input '{input.Name}': shape {shape} takes {shape.ElementCount} elements, more than a body of {bodyLength} bytes can hold");
            return null;
        }
        return (index, expected.Type, shape);
    }

    private void TakeData(InputDraft input, (int Index, DataType Type, TensorShape Shape) target)
    {
        if (input.Capture is { } capture)
        {
            input.Data = new TensorDataReader(input.Name!, target.Type, target.Shape);
            capture.Replay(input.Data);
        }
        if (input.Data is null)
        {
            Fault($"input '{input.Name}' has neither data nor the parameter binary_data_size");
            return;
        }
        input.Tensor = input.Data.Finish(out var fault);
        if (fault is not null)
            Fault(fault);
    }

    private void ExpectBinary(InputDraft input, (int Index, DataType Type, TensorShape Shape) target)
    {
        if (input.Data is not null || input.Capture is not null)
        {
            Fault($"input '{input.Name}' has both data and the parameter binary_data_size");
            return;
        }
        var size = input.BinarySize!.Value;
        var needed = HostTensor.ByteLength(target.Type, target.Shape);
        if (target.Type != DataType.Bytes && size != needed)
            Fault($"input '{input.Name}': {V2DataType.NameOf(target.Type)}{target.Shape} takes {needed} bytes, binary_data_size is {size}");
        else if (size > bodyLength)
            Fault($"input '{input.Name}': binary_data_size is {size}, the body has {bodyLength} bytes");
        else
            _binary.Add(input);
        input.Target = (target.Type, target.Shape);
    }
}
