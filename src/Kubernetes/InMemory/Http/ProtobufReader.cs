using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;

namespace Hearth.Kubernetes.InMemory.Http;

/// <summary>
/// Reads Kubernetes' protobuf, as far as kubectl insists on it: <c>kubectl create namespace|secret|configmap|serviceaccount|token</c> sends nothing
/// else and does not fall back to JSON. Answers are JSON, which every client accepts.
/// </summary>
/// <remarks>The layouts are those of <c>k8s.io/api/core/v1</c> and <c>authentication/v1</c>, <c>generated.proto</c>, behind four bytes and a <c>runtime.Unknown</c>.</remarks>
internal static class ProtobufReader
{
    public const string MediaType = "application/vnd.kubernetes.protobuf";

    private static readonly Dictionary<int, (string Name, FieldType Type)> Metadata = new()
    {
        [1] = ("name", FieldType.Text),
        [2] = ("generateName", FieldType.Text),
        [3] = ("namespace", FieldType.Text),
        [11] = ("labels", FieldType.TextMap),
        [12] = ("annotations", FieldType.TextMap),
        [14] = ("finalizers", FieldType.Texts),
    };

    private static readonly Dictionary<int, (string Name, FieldType Type)> TokenRequestSpec = new()
    {
        [1] = ("audiences", FieldType.Texts),
        [4] = ("expirationSeconds", FieldType.Integer),
    };

    private static readonly Dictionary<string, Dictionary<int, (string Name, FieldType Type)>> Kinds = new()
    {
        ["Namespace"] = new() { [1] = ("metadata", FieldType.Metadata) },
        ["ServiceAccount"] = new() { [1] = ("metadata", FieldType.Metadata), [4] = ("automountServiceAccountToken", FieldType.Flag) },
        ["ConfigMap"] = new()
        {
            [1] = ("metadata", FieldType.Metadata),
            [2] = ("data", FieldType.TextMap),
            [3] = ("binaryData", FieldType.BytesMap),
            [4] = ("immutable", FieldType.Flag),
        },
        ["TokenRequest"] = new() { [1] = ("metadata", FieldType.Metadata), [2] = ("spec", FieldType.TokenRequestSpec) },
        ["Secret"] = new()
        {
            [1] = ("metadata", FieldType.Metadata),
            [2] = ("data", FieldType.BytesMap),
            [3] = ("type", FieldType.Text),
            [4] = ("stringData", FieldType.TextMap),
            [5] = ("immutable", FieldType.Flag),
        },
    };

    private enum FieldType
    {
        Text,
        Texts,
        TextMap,
        BytesMap,
        Flag,
        Integer,
        Metadata,
        TokenRequestSpec,
    }

    private static ReadOnlySpan<byte> Magic => "k8s\0"u8;

    /// <summary>Reads one object.</summary>
    /// <exception cref="StatusException">415: a kind that is not read here; 400: no protobuf.</exception>
    public static JsonObject ReadObject(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.StartsWith(Magic))
            throw Refusal.BadRequest("the request body is no Kubernetes protobuf");
        ReadOnlySpan<byte> type = default, raw = default;
        var rest = bytes[Magic.Length..];
        while (Next(ref rest, out var number, out var value, out _))
        {
            if (number == 1)
                type = value;
            else if (number == 2)
                raw = value;
        }
        var names = Message(type, new() { [1] = ("apiVersion", FieldType.Text), [2] = ("kind", FieldType.Text) });
        if (!Kinds.TryGetValue(names.Text("kind") ?? "", out var fields))
            throw Refusal.UnsupportedMediaType("application/json, application/yaml");
        foreach (var (name, value) in Message(raw, fields))
            names[name] = value?.DeepClone();
        return names;
    }

    private static JsonObject Message(ReadOnlySpan<byte> bytes, Dictionary<int, (string Name, FieldType Type)> fields)
    {
        var message = new JsonObject();
        while (Next(ref bytes, out var number, out var value, out var integer))
        {
            if (fields.TryGetValue(number, out var field))
                Set(message, field.Name, field.Type, value, integer);
        }
        return message;
    }

    private static void Set(JsonObject message, string name, FieldType type, ReadOnlySpan<byte> value, ulong integer)
    {
        switch (type)
        {
            // Go writes a string that is not set as an empty one.
            case FieldType.Text when value.Length > 0:
                message[name] = Encoding.UTF8.GetString(value);
                break;
            case FieldType.Texts:
                message[name] ??= new JsonArray();
                message[name]!.AsArray().Add((JsonNode)Encoding.UTF8.GetString(value));
                break;
            case FieldType.TextMap or FieldType.BytesMap:
                AddEntry(message.GetOrAdd(name), value, isText: type == FieldType.TextMap);
                break;
            case FieldType.Flag:
                message[name] = integer != 0;
                break;
            case FieldType.Integer:
                message[name] = (long)integer;
                break;
            case FieldType.Metadata:
                message[name] = Message(value, Metadata);
                break;
            case FieldType.TokenRequestSpec:
                message[name] = Message(value, TokenRequestSpec);
                break;
        }
    }

    private static void AddEntry(JsonObject map, ReadOnlySpan<byte> entry, bool isText)
    {
        var key = "";
        ReadOnlySpan<byte> content = default;
        while (Next(ref entry, out var number, out var value, out _))
        {
            if (number == 1)
                key = Encoding.UTF8.GetString(value);
            else
                content = value;
        }
        map[key] = isText ? Encoding.UTF8.GetString(content) : Convert.ToBase64String(content);
    }

    /// <summary>Takes the next field off <paramref name="bytes"/>: delimited, its <paramref name="value"/>; else its <paramref name="integer"/>.</summary>
    private static bool Next(scoped ref ReadOnlySpan<byte> bytes, out int number, out ReadOnlySpan<byte> value, out ulong integer)
    {
        value = default;
        integer = 0;
        number = 0;
        if (bytes.IsEmpty)
            return false;
        var tag = Varint(ref bytes);
        number = (int)(tag >> 3);
        switch (tag & 7)
        {
            case 0:
                integer = Varint(ref bytes);
                return true;
            case 1:
                integer = BinaryPrimitives.ReadUInt64LittleEndian(Take(ref bytes, sizeof(ulong)));
                return true;
            case 2:
                value = Take(ref bytes, Varint(ref bytes));
                return true;
            case 5:
                integer = BinaryPrimitives.ReadUInt32LittleEndian(Take(ref bytes, sizeof(uint)));
                return true;
            default:
                throw Malformed();
        }
    }

    private static ReadOnlySpan<byte> Take(scoped ref ReadOnlySpan<byte> bytes, ulong length)
    {
        if (length > (ulong)bytes.Length)
            throw Malformed();
        var taken = bytes[..(int)length];
        bytes = bytes[(int)length..];
        return taken;
    }

    private static ulong Varint(scoped ref ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Take(ref bytes, 1)[0];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
                return value;
        }
        throw Malformed();
    }

    private static StatusException Malformed() => Refusal.BadRequest("the request body is no valid protobuf");
}
