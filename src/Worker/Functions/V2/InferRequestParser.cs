using System.Text.Json;

namespace Hearth.Worker.Functions.V2;

/// <summary>Reads the JSON of an inference request, token by token as it comes, with no document in memory.</summary>
/// <remarks>
/// <code>
/// {"id":"1", "parameters":{"binary_data_output":true},
///  "inputs":[{"name":"x","shape":[2],"datatype":"FP32","parameters":{"binary_data_size":8},"data":[1,2]}],
///  "outputs":[{"name":"y","parameters":{"binary_data":true}}]}
/// </code>
/// Members may come in any order; unknown ones are passed over. Throws <see cref="V2Exception"/> at the first token that is no such
/// request; what the model makes of the request is <see cref="InferRequestBuilder"/>'s to judge.
/// </remarks>
internal sealed class InferRequestParser(InferRequestBuilder builder)
{
    private const int MaxItems = 1024;
    private const int MaxRank = 64;

    private enum State
    {
        Start, Root, Id, Inputs, InputItem, Input, Name, DataType, Shape, Dimension, InputParameters, InputParameter, BinarySize, DataStart, Data,
        Outputs, OutputItem, Output, OutputName, OutputParameters, OutputParameter, OutputBinary, Parameters, Parameter, BinaryOutput, End,
    }

    private State _state;
    private State _afterSkip;
    private int _skipDepth = -1;

    /// <summary>Whether the request's last brace was read.</summary>
    public bool Complete => _state == State.End;

    /// <summary>Takes all tokens that the reader has.</summary>
    public void Read(ref Utf8JsonReader reader)
    {
        while (reader.Read())
        {
            if (_skipDepth >= 0)
                Skip(ref reader);
            else if (_state is State.DataStart or State.Data)
                ReadData(ref reader);
            else if (reader.TokenType == JsonTokenType.PropertyName)
                _state = Member(ref reader);
            else
                _state = (reader.TokenType == JsonTokenType.Null ? Absent() : null) ?? Value(ref reader);
        }
    }

    private static V2Exception Expected(string where, string what) => V2Exception.BadRequest($"{where} must be {what}.");

    private State Member(ref Utf8JsonReader reader) => _state switch
    {
        State.Root => reader.ValueTextEquals("id"u8) ? State.Id
            : reader.ValueTextEquals("inputs"u8) ? State.Inputs
            : reader.ValueTextEquals("outputs"u8) ? State.Outputs
            : reader.ValueTextEquals("parameters"u8) ? State.Parameters
            : BeginSkip(),
        State.Input => reader.ValueTextEquals("name"u8) ? State.Name
            : reader.ValueTextEquals("datatype"u8) ? State.DataType
            : reader.ValueTextEquals("shape"u8) ? State.Shape
            : reader.ValueTextEquals("data"u8) ? State.DataStart
            : reader.ValueTextEquals("parameters"u8) ? State.InputParameters
            : BeginSkip(),
        State.InputParameter => reader.ValueTextEquals("binary_data_size"u8) ? State.BinarySize : BeginSkip(),
        State.Output => reader.ValueTextEquals("name"u8) ? State.OutputName
            : reader.ValueTextEquals("parameters"u8) ? State.OutputParameters
            : BeginSkip(),
        State.OutputParameter => reader.ValueTextEquals("binary_data"u8) ? State.OutputBinary : BeginSkip(),
        State.Parameter => reader.ValueTextEquals("binary_data_output"u8) ? State.BinaryOutput : BeginSkip(),
        _ => throw new InvalidOperationException($"A member name in state {_state}."),
    };

    /// <summary>Where to go on after null, which many clients write for an optional member that they do not use.</summary>
    private State? Absent() => _state switch
    {
        State.Id or State.Parameters or State.Outputs => State.Root,
        State.InputParameters => State.Input,
        State.OutputParameters => State.Output,
        _ => null,
    };

    private State Value(ref Utf8JsonReader reader)
    {
        switch (_state)
        {
            case State.Start:
                return Open(ref reader, "the body", State.Root);
            case State.Root:
                return State.End;
            case State.Id:
                builder.Id = Text(ref reader, "id");
                return State.Root;
            case State.Parameters:
                return Open(ref reader, "parameters", State.Parameter);
            case State.Parameter:
                return State.Root;
            case State.BinaryOutput:
                builder.BinaryOutput = Flag(ref reader, "parameters.binary_data_output");
                return State.Parameter;
            case >= State.Outputs:
                return OutputValue(ref reader);
            default:
                return InputValue(ref reader);
        }
    }

    private State InputValue(ref Utf8JsonReader reader)
    {
        switch (_state)
        {
            case State.Inputs:
                return OpenArray(ref reader, "inputs", State.InputItem);
            case State.InputItem when reader.TokenType == JsonTokenType.EndArray:
                return State.Root;
            case State.InputItem:
                if (builder.InputCount >= MaxItems)
                    throw Expected("inputs", $"an array of at most {MaxItems} objects");
                builder.BeginInput();
                return Open(ref reader, "inputs[]", State.Input);
            case State.Input:
                builder.EndInput();
                return State.InputItem;
            case State.Name:
                builder.Input.Name = Text(ref reader, "inputs[].name");
                return State.Input;
            case State.DataType:
                builder.Input.TypeName = Text(ref reader, "inputs[].datatype");
                return State.Input;
            case State.Shape:
                builder.Input.Shape = [];
                return OpenArray(ref reader, "inputs[].shape", State.Dimension);
            case State.Dimension when reader.TokenType == JsonTokenType.EndArray:
                return State.Input;
            case State.Dimension:
                AddDimension(ref reader);
                return State.Dimension;
            case State.InputParameters:
                return Open(ref reader, "inputs[].parameters", State.InputParameter);
            case State.InputParameter:
                return State.Input;
            case State.BinarySize:
                if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var size) || size < 0)
                    throw Expected("inputs[].parameters.binary_data_size", "a number of bytes");
                builder.Input.BinarySize = size;
                return State.InputParameter;
            default:
                throw new InvalidOperationException($"A value in state {_state}.");
        }
    }

    private State OutputValue(ref Utf8JsonReader reader)
    {
        switch (_state)
        {
            case State.Outputs:
                return OpenArray(ref reader, "outputs", State.OutputItem);
            case State.OutputItem when reader.TokenType == JsonTokenType.EndArray:
                return State.Root;
            case State.OutputItem:
                if (builder.OutputCount >= MaxItems)
                    throw Expected("outputs", $"an array of at most {MaxItems} objects");
                builder.BeginOutput();
                return Open(ref reader, "outputs[]", State.Output);
            case State.Output:
                return State.OutputItem;
            case State.OutputName:
                builder.NameOutput(Text(ref reader, "outputs[].name"));
                return State.Output;
            case State.OutputParameters:
                return Open(ref reader, "outputs[].parameters", State.OutputParameter);
            case State.OutputParameter:
                return State.Output;
            case State.OutputBinary:
                builder.SetOutputBinary(Flag(ref reader, "outputs[].parameters.binary_data"));
                return State.OutputParameter;
            default:
                throw new InvalidOperationException($"A value in state {_state}.");
        }
    }

    private void ReadData(ref Utf8JsonReader reader)
    {
        if (_state == State.DataStart)
        {
            if (reader.TokenType != JsonTokenType.StartArray)
                throw Expected("inputs[].data", "an array");
            builder.BeginData();
        }
        var input = builder.Input;
        var ended = input.Data is { } data ? data.Read(ref reader) : input.Capture!.Read(ref reader);
        _state = ended ? State.Input : State.Data;
    }

    private void AddDimension(ref Utf8JsonReader reader)
    {
        var shape = builder.Input.Shape!;
        if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var dimension) || shape.Count == MaxRank)
            throw Expected("inputs[].shape", $"an array of at most {MaxRank} whole numbers");
        shape.Add(dimension);
    }

    private static State Open(ref Utf8JsonReader reader, string where, State next) =>
        reader.TokenType == JsonTokenType.StartObject ? next : throw Expected(where, "an object");

    private static State OpenArray(ref Utf8JsonReader reader, string where, State next) =>
        reader.TokenType == JsonTokenType.StartArray ? next : throw Expected(where, "an array");

    private static string Text(ref Utf8JsonReader reader, string where) =>
        reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw Expected(where, "a string");

    private static bool Flag(ref Utf8JsonReader reader, string where) => reader.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => throw Expected(where, "true or false"),
    };

    private State BeginSkip()
    {
        (_afterSkip, _skipDepth) = (_state, 0);
        return _state;
    }

    private void Skip(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            _skipDepth++;
        else if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
            _skipDepth--;
        if (_skipDepth == 0 && reader.TokenType != JsonTokenType.PropertyName)
            (_state, _skipDepth) = (_afterSkip, -1);
    }
}
