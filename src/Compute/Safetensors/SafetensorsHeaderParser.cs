using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;

namespace Hearth.Compute.Safetensors;

/// <summary>Reads the JSON of a header. Never trusts a number before it is checked, and goes on behind a fault where the JSON allows it.</summary>
internal ref struct SafetensorsHeaderParser
{
    public const string MetadataName = "__metadata__";

    private readonly SafetensorsFaults _faults = new();
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);
    private readonly List<SafetensorsEntry> _entries = [];
    private readonly SafetensorsCoverage _coverage;
    private Utf8JsonReader _json;

    private SafetensorsHeaderParser(ReadOnlySpan<byte> header, long dataLength)
    {
        _json = new Utf8JsonReader(header);
        _coverage = new SafetensorsCoverage(_faults, dataLength);
    }

    public static SafetensorsHeader Parse(ReadOnlySpan<byte> header, long dataLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(dataLength);
        var parser = new SafetensorsHeaderParser(header, dataLength);
        if (header.IsEmpty || header[0] != '{' || !Utf8.IsValid(header))
            parser._faults.Stop(SafetensorsFaultKind.InvalidJson, "it is not a JSON object in UTF-8 that begins with '{'");
        try
        {
            parser.ReadHeader();
        }
        catch (JsonException e)
        {
            parser._faults.Stop(SafetensorsFaultKind.InvalidJson, $"it is not JSON: {e.Message.TrimEnd('.')}");
        }
        parser._coverage.Check();
        parser._faults.ThrowIfAny();
        return new SafetensorsHeader(
            [.. parser._entries.OrderBy(e => e.Offset).ThenBy(e => e.Length)],
            parser._metadata.ToFrozenDictionary(StringComparer.Ordinal),
            header.Length);
    }

    private void ReadHeader()
    {
        _json.Read();
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            var name = ReadString();
            if (!_names.Add(name))
                _faults.Add(SafetensorsFaultKind.DuplicateName, name, "occurs twice");
            _json.Read();
            if (name == MetadataName)
                ReadMetadata();
            else
                ReadTensor(name);
        }
        // Whatever follows the closing brace, but for white space, is an error of the JSON reader.
        _json.Read();
    }

    private void ReadMetadata()
    {
        if (!IsStart(JsonTokenType.StartObject))
        {
            _faults.Add(SafetensorsFaultKind.InvalidMetadata, MetadataName, "is not an object of strings");
            return;
        }
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            var key = ReadString();
            _json.Read();
            if (_json.TokenType != JsonTokenType.String)
            {
                var shown = SafetensorsFaults.Printable(key);
                _faults.Add(SafetensorsFaultKind.InvalidMetadata, MetadataName, $"has a \"{shown}\" that is not a string");
                _json.Skip();
            }
            else if (!_metadata.TryAdd(key, ReadString()))
            {
                _faults.Add(SafetensorsFaultKind.DuplicateName, MetadataName, $"has \"{SafetensorsFaults.Printable(key)}\" twice");
            }
        }
    }

    private void ReadTensor(string name)
    {
        if (!IsStart(JsonTokenType.StartObject))
        {
            _faults.Add(SafetensorsFaultKind.InvalidJson, name, "is not an object");
            _coverage.Add(name, null);
            return;
        }
        var seen = Fields.None;
        DataType? type = null;
        TensorShape? shape = null;
        (long Begin, long End)? offsets = null;
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            var field = FieldOf(ReadString());
            _json.Read();
            if ((seen & field) != 0)
                _faults.Add(SafetensorsFaultKind.DuplicateName, name, $"has its {NameOf(field)} twice");
            seen |= field;
            if (field == Fields.Type)
                type = ReadType(name);
            else if (field == Fields.Shape)
                shape = ReadShape(name);
            else if (field == Fields.Offsets)
                offsets = ReadOffsets(name);
            else
                _json.Skip();
        }
        foreach (var field in (ReadOnlySpan<Fields>)[Fields.Type, Fields.Shape, Fields.Offsets])
        {
            if ((seen & field) == 0)
                _faults.Add(SafetensorsFaultKind.MissingField, name, $"has no {NameOf(field)}");
        }
        _coverage.Add(name, offsets);
        if (type is not null && shape is not null && offsets is not null)
            AddEntry(name, type.Value, shape, offsets.Value);
    }

    private void AddEntry(string name, DataType type, TensorShape shape, (long Begin, long End) offsets)
    {
        if (Math.BigMul(shape.ElementCount, (long)type.Size(), out var length) != 0 || length < 0)
            _faults.Add(SafetensorsFaultKind.InvalidShape, name, $"has shape {shape}, which takes more bytes than 64 bits count");
        else if (offsets.End - offsets.Begin != length)
            _faults.Add(SafetensorsFaultKind.SizeMismatch, name, $"has {offsets.End - offsets.Begin} bytes, but {type}{shape} takes {length}");
        else
            _entries.Add(new SafetensorsEntry(name, type, shape, offsets.Begin));
    }

    private DataType? ReadType(string name)
    {
        if (_json.TokenType == JsonTokenType.String)
        {
            var text = ReadString();
            if (SafetensorsTypes.TryParse(text, out var type))
                return type;
            var shown = SafetensorsFaults.Printable(text);
            _faults.Add(SafetensorsFaultKind.UnknownType, name, $"has dtype \"{shown}\", which is none of {SafetensorsTypes.Known}");
            return null;
        }
        _json.Skip();
        _faults.Add(SafetensorsFaultKind.UnknownType, name, "has a dtype that is not a string");
        return null;
    }

    private TensorShape? ReadShape(string name)
    {
        if (!TryReadNumbers(out var dimensions))
            _faults.Add(SafetensorsFaultKind.InvalidShape, name, "has a shape that is not an array of whole numbers from 0");
        else if (TensorShape.TryCreate(dimensions, out var shape))
            return shape;
        else
            _faults.Add(SafetensorsFaultKind.InvalidShape, name, "has a shape of more elements than 64 bits count");
        return null;
    }

    private (long Begin, long End)? ReadOffsets(string name)
    {
        if (!TryReadNumbers(out var offsets) || offsets.Length != 2)
            _faults.Add(SafetensorsFaultKind.InvalidOffsets, name, "has data_offsets that are not two whole numbers from 0");
        else if (offsets[0] > offsets[1])
            _faults.Add(SafetensorsFaultKind.InvalidOffsets, name, $"begins at {offsets[0]}, after its end at {offsets[1]}");
        else
            return (offsets[0], offsets[1]);
        return null;
    }

    private bool TryReadNumbers([NotNullWhen(true)] out long[]? numbers)
    {
        numbers = null;
        if (!IsStart(JsonTokenType.StartArray))
            return false;
        var found = new List<long>();
        var valid = true;
        while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
        {
            if (_json.TokenType == JsonTokenType.Number && _json.TryGetInt64(out var number) && number >= 0)
                found.Add(number);
            else
                valid = false;
            _json.Skip();
        }
        numbers = valid ? [.. found] : null;
        return valid;
    }

    /// <summary>Whether a container of this kind begins here; where something else stands, it is passed over.</summary>
    private bool IsStart(JsonTokenType start)
    {
        if (_json.TokenType == start)
            return true;
        _json.Skip();
        return false;
    }

    private readonly string ReadString()
    {
        try
        {
            return _json.GetString()!;
        }
        catch (InvalidOperationException)
        {
            _faults.Stop(SafetensorsFaultKind.InvalidJson, $"the string at byte {_json.TokenStartIndex} escapes half of a surrogate pair");
            return null;
        }
    }

    private static Fields FieldOf(string name) => name switch
    {
        "dtype" => Fields.Type,
        "shape" => Fields.Shape,
        "data_offsets" => Fields.Offsets,
        _ => Fields.None,
    };

    private static string NameOf(Fields field) => field switch
    {
        Fields.Type => "dtype",
        Fields.Shape => "shape",
        _ => "data_offsets",
    };

    [Flags]
    private enum Fields
    {
        None = 0,
        Type = 1,
        Shape = 2,
        Offsets = 4,
    }
}
