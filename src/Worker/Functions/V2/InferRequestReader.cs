using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Hearth.Compute;
using Hearth.Worker.Models;
using Microsoft.AspNetCore.Http;

namespace Hearth.Worker.Functions.V2;

/// <summary>Reads an inference request off the wire: JSON, and behind it the binary tensors.</summary>
/// <remarks>
/// 1. JSON is parsed as it arrives; what the pooled buffer holds beyond the last token is moved to its front.
/// 2. The request is held against the model; a faulty one is refused before its binary data is read.
/// 3. Binary data goes from the connection into the tensors, with no copy of it between.
/// </remarks>
internal static class InferRequestReader
{
    /// <summary>Header with the length of the JSON, where binary data follows it.</summary>
    public const string JsonLengthHeader = "Inference-Header-Content-Length";

    private const int InitialBuffer = 64 * 1024;

    /// <summary>Reads a request.</summary>
    /// <param name="http">The request.</param>
    /// <param name="model">The model that it is for.</param>
    /// <param name="maxBodyBytes">Largest body.</param>
    /// <param name="cancellation">The caller went away.</param>
    /// <exception cref="V2Exception">It is no valid request for the model.</exception>
    public static async Task<InferRequest> ReadAsync(HttpRequest http, ModelSignature model, long maxBodyBytes, CancellationToken cancellation)
    {
        var jsonLength = JsonLength(http);
        using var builder = new InferRequestBuilder(model, Math.Min(http.ContentLength ?? maxBodyBytes, maxBodyBytes));
        try
        {
            await ReadJsonAsync(http.Body, builder, jsonLength ?? long.MaxValue, cancellation);
        }
        catch (JsonException e)
        {
            throw V2Exception.BadRequest($"The body is not valid JSON: {e.Message}");
        }
        builder.ThrowIfFaulty();
        if (builder.Binary.Count > 0 && jsonLength is null)
            throw V2Exception.BadRequest($"Inputs with binary_data_size need the header {JsonLengthHeader}, the length of the JSON before them.");
        foreach (var input in builder.Binary)
            input.Tensor = await ReadBinaryAsync(http.Body, input, cancellation);
        if (jsonLength is not null && await http.Body.ReadAsync(new byte[1], cancellation) > 0)
            throw V2Exception.BadRequest("The body goes on behind the binary data of the last input.");
        return builder.Build();
    }

    private static long? JsonLength(HttpRequest http)
    {
        if (!http.Headers.TryGetValue(JsonLengthHeader, out var text))
            return null;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var length) && length > 0 && !(length > http.ContentLength))
            return length;
        throw V2Exception.BadRequest($"{JsonLengthHeader} is '{text}'; it must be the length of the JSON, which the body of {http.ContentLength} bytes begins with.");
    }

    private static async Task ReadJsonAsync(Stream body, InferRequestBuilder builder, long length, CancellationToken cancellation)
    {
        var parser = new InferRequestParser(builder);
        var state = default(JsonReaderState);
        var buffer = ArrayPool<byte>.Shared.Rent(InitialBuffer);
        var held = 0;
        try
        {
            while (true)
            {
                if (held == buffer.Length)
                    buffer = Double(buffer, held);
                var room = (int)Math.Min(buffer.Length - held, length);
                var read = await body.ReadAsync(buffer.AsMemory(held, room), cancellation);
                held += read;
                length -= read;
                var consumed = Parse(parser, buffer.AsSpan(0, held), read == 0, ref state);
                if (read == 0)
                    break;
                held -= consumed;
                buffer.AsSpan(consumed, held).CopyTo(buffer);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        if (!parser.Complete)
            throw V2Exception.BadRequest("The body is empty; an inference request in JSON was expected.");
    }

    private static int Parse(InferRequestParser parser, ReadOnlySpan<byte> text, bool isLast, ref JsonReaderState state)
    {
        var reader = new Utf8JsonReader(text, isLast, state);
        parser.Read(ref reader);
        state = reader.CurrentState;
        return (int)reader.BytesConsumed;
    }

    /// <summary>Makes room for a token, a long string, that does not fit. The server's limit on the body bounds this.</summary>
    private static byte[] Double(byte[] buffer, int held)
    {
        var larger = ArrayPool<byte>.Shared.Rent(checked(2 * buffer.Length));
        buffer.AsSpan(0, held).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }

    private static async Task<HostTensor> ReadBinaryAsync(Stream body, InputDraft input, CancellationToken cancellation)
    {
        const int PartLength = 1 << 20;
        var size = input.BinarySize!.Value;
        var buffer = HostBuffer.Allocate(size);
        try
        {
            for (long filled = 0; filled < size;)
            {
                var read = await body.ReadAsync(buffer.AsMemory(filled, (int)Math.Min(size - filled, PartLength)), cancellation);
                if (read == 0)
                    throw V2Exception.BadRequest($"The body ends after {filled} of the {size} bytes of input '{input.Name}'.");
                filled += read;
            }
            var (type, shape) = input.Target;
            if (type == DataType.Bytes && !BytesElements.IsValid(buffer.AsSpan(), shape.ElementCount))
                throw V2Exception.BadRequest($"input '{input.Name}': its {size} bytes are not {shape.ElementCount} strings, each behind its 4-byte length.");
            return new HostTensor(type, shape, buffer);
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }
}
