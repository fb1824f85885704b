using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;
using Hearth.Compute;
using Microsoft.AspNetCore.Http;

namespace Hearth.Worker.Functions.V2;

/// <summary>Writes an inference answer: JSON, and behind it the outputs that were asked for in binary.</summary>
internal static class InferResponseWriter
{
    private const int FlushBytes = 32 * 1024;

    /// <summary>Writes.</summary>
    /// <exception cref="V2Exception">An output cannot be written in JSON; nothing was sent.</exception>
    public static async Task WriteAsync(
        HttpResponse http, ModelDescription model, InferRequest request, IReadOnlyList<HostTensor> outputs, CancellationToken cancellation)
    {
        ThrowIfNotText(model, request, outputs);
        if (request.Outputs.Any(output => output.Binary))
            await WriteWithBinaryAsync(http, model, request, outputs, cancellation);
        else
            await WriteJsonAsync(http, model, request, outputs, cancellation);
    }

    private static async Task WriteJsonAsync(
        HttpResponse http, ModelDescription model, InferRequest request, IReadOnlyList<HostTensor> outputs, CancellationToken cancellation)
    {
        http.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(http.BodyWriter, new JsonWriterOptions { SkipValidation = true });
        WriteHead(json, model, request);
        for (var i = 0; i < outputs.Count; i++)
        {
            WriteOutputHead(json, model, request.Outputs[i], outputs[i]);
            json.WriteStartArray("data"u8);
            var data = new TensorDataWriter(outputs[i]);
            while (data.Write(json, FlushBytes))
            {
                json.Flush();
                await http.BodyWriter.FlushAsync(cancellation);
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static async Task WriteWithBinaryAsync(
        HttpResponse http, ModelDescription model, InferRequest request, IReadOnlyList<HostTensor> outputs, CancellationToken cancellation)
    {
        var head = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(head, new JsonWriterOptions { SkipValidation = true }))
        {
            WriteHead(json, model, request);
            for (var i = 0; i < outputs.Count; i++)
            {
                WriteOutputHead(json, model, request.Outputs[i], outputs[i]);
                if (!request.Outputs[i].Binary)
                {
                    json.WriteStartArray("data"u8);
                    new TensorDataWriter(outputs[i]).Write(json, int.MaxValue);
                    json.WriteEndArray();
                }
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        var binary = outputs.Where((_, i) => request.Outputs[i].Binary).ToList();
        http.ContentType = "application/octet-stream";
        http.ContentLength = head.WrittenCount + binary.Sum(output => output.Buffer.Length);
        http.Headers[InferRequestReader.JsonLengthHeader] = head.WrittenCount.ToString(CultureInfo.InvariantCulture);
        await http.Body.WriteAsync(head.WrittenMemory, cancellation);
        foreach (var output in binary)
            await WriteRawAsync(http.Body, output.Buffer, cancellation);
    }

    private static async Task WriteRawAsync(Stream body, HostBuffer data, CancellationToken cancellation)
    {
        const int PartLength = 1 << 20;
        for (long offset = 0; offset < data.Length; offset += PartLength)
            await body.WriteAsync(data.AsMemory(offset, (int)Math.Min(PartLength, data.Length - offset)), cancellation);
    }

    private static void WriteHead(Utf8JsonWriter json, ModelDescription model, InferRequest request)
    {
        json.WriteStartObject();
        json.WriteString("model_name"u8, model.Name);
        json.WriteString("model_version"u8, model.Version);
        if (request.Id is { } id)
            json.WriteString("id"u8, id);
        json.WriteStartArray("outputs"u8);
    }

    private static void WriteOutputHead(Utf8JsonWriter json, ModelDescription model, RequestedOutput requested, HostTensor output)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, model.Signature.Outputs[requested.Index].Name);
        json.WriteString("datatype"u8, V2DataType.NameOf(output.Type));
        json.WriteStartArray("shape"u8);
        foreach (var dimension in output.Shape.Dimensions)
            json.WriteNumberValue(dimension);
        json.WriteEndArray();
        if (!requested.Binary)
            return;
        json.WriteStartObject("parameters"u8);
        json.WriteNumber("binary_data_size"u8, output.Buffer.Length);
        json.WriteEndObject();
    }

    /// <summary>JSON strings are text: other bytes can only be answered in binary, which must be found out before anything is sent.</summary>
    private static void ThrowIfNotText(ModelDescription model, InferRequest request, IReadOnlyList<HostTensor> outputs)
    {
        for (var i = 0; i < outputs.Count; i++)
        {
            if (outputs[i].Type != DataType.Bytes || request.Outputs[i].Binary)
                continue;
            foreach (var element in new BytesElements(outputs[i].Buffer.AsSpan()))
            {
                if (!Utf8.IsValid(element))
                {
                    throw V2Exception.BadRequest(
                        $"output '{model.Signature.Outputs[request.Outputs[i].Index].Name}' has bytes that are not UTF-8; ask for it with the parameter binary_data.");
                }
            }
        }
    }
}
