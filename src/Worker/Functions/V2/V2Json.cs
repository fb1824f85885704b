using System.Buffers;
using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using Hearth.Worker.Models;
using Microsoft.AspNetCore.Http;

namespace Hearth.Worker.Functions.V2;

/// <summary>The protocol's small answers.</summary>
internal static class V2Json
{
    // Never embedded in HTML; quotes that people can read matter more.
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Answers <c>{"error": message}</c>, unless an answer is under way; then the connection breaks, which says as much.</summary>
    public static Task WriteErrorAsync(HttpResponse http, int status, string message)
    {
        if (!http.HasStarted)
            return WriteAsync(http, status, json => json.WriteString("error"u8, message));
        http.HttpContext.Abort();
        return Task.CompletedTask;
    }

    /// <summary>Answers a JSON object.</summary>
    public static async Task WriteAsync(HttpResponse http, int status, Action<Utf8JsonWriter> members)
    {
        var body = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(body, Readable))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }
        http.StatusCode = status;
        http.ContentType = "application/json";
        http.ContentLength = body.WrittenCount;
        await http.Body.WriteAsync(body.WrittenMemory);
    }

    /// <summary>The server's metadata.</summary>
    public static void WriteServer(Utf8JsonWriter json, string version)
    {
        json.WriteString("name"u8, "hearth");
        json.WriteString("version"u8, version);
        json.WriteStartArray("extensions"u8);
        json.WriteStringValue("binary_tensor_data"u8);
        json.WriteEndArray();
    }

    /// <summary>A model's metadata.</summary>
    public static void WriteModel(Utf8JsonWriter json, ModelDescription model)
    {
        json.WriteString("name"u8, model.Name);
        json.WriteStartArray("versions"u8);
        json.WriteStringValue(model.Version);
        json.WriteEndArray();
        json.WriteString("platform"u8, model.Platform);
        WriteTensors(json, "inputs"u8, model.Signature.Inputs);
        WriteTensors(json, "outputs"u8, model.Signature.Outputs);
    }

    private static void WriteTensors(Utf8JsonWriter json, ReadOnlySpan<byte> member, ImmutableArray<TensorMetadata> tensors)
    {
        json.WriteStartArray(member);
        foreach (var tensor in tensors)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, tensor.Name);
            json.WriteString("datatype"u8, V2DataType.NameOf(tensor.Type));
            json.WriteStartArray("shape"u8);
            foreach (var dimension in tensor.Dimensions)
                json.WriteNumberValue(dimension);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
