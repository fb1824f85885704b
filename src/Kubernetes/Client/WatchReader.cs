using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using Hearth.Api;
using Hearth.Api.Meta;

namespace Hearth.Kubernetes.Client;

/// <summary>Reads a watch: one JSON object per line, <c>{"type": ..., "object": ...}</c>.</summary>
/// <param name="body">The answer's body.</param>
/// <param name="log">Told of objects that cannot be read; they are skipped.</param>
internal sealed class WatchReader<T>(Stream body, Action<V1ObjectMeta?, JsonException> log) : IDisposable
    where T : class, IResource<T>
{
    /// <summary>An object has at most 1.5 MiB in etcd; no line is longer than this, and what is longer is no watch.</summary>
    public const int LongestLine = 16 << 20;

    private readonly PipeReader _pipe = PipeReader.Create(body, new StreamPipeReaderOptions(bufferSize: 16 << 10));

    // Bytes of the unfinished line that hold no line feed: they are not searched again.
    private long _searched;

    /// <summary>The next change, or null when the server has ended the watch.</summary>
    public async ValueTask<WatchEvent<T>?> ReadAsync(CancellationToken cancel)
    {
        while (true)
        {
            var read = await FillAsync(cancel);
            var rest = read.Buffer;
            if (TryTakeLine(ref rest, out var line))
            {
                var change = Parse(line);
                _pipe.AdvanceTo(rest.Start);
                if (change is not null)
                    return change;
                continue;
            }

            if (rest.Length > LongestLine)
                throw new HttpRequestException($"A watch of {T.Definition.Plural} sent a line of more than {LongestLine} bytes.");
            _pipe.AdvanceTo(rest.Start, rest.End);
            if (read.IsCompleted)
                return null;
        }
    }

    /// <summary>Returns the buffers and closes the body.</summary>
    public void Dispose() => _pipe.Complete();

    private async ValueTask<ReadResult> FillAsync(CancellationToken cancel)
    {
        try
        {
            return await _pipe.ReadAsync(cancel);
        }
        catch (IOException e)
        {
            throw new HttpRequestException($"A watch of {T.Definition.Plural} broke off: {e.Message}", e);
        }
    }

    private bool TryTakeLine(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> line)
    {
        if (buffer.Slice(_searched).PositionOf((byte)'\n') is not { } end)
        {
            _searched = buffer.Length;
            line = default;
            return false;
        }

        _searched = 0;
        line = buffer.Slice(0, end);
        buffer = buffer.Slice(buffer.GetPosition(1, end));
        return true;
    }

    private WatchEvent<T>? Parse(ReadOnlySequence<byte> line)
    {
        if (line.IsEmpty)
            return null;
        try
        {
            var (type, start) = Scan(line);
            var entity = new Utf8JsonReader(line.Slice(start));
            if (type != "ERROR")
                return new WatchEvent<T>(ToType(type), KubernetesJson.Read<T>(ref entity));
            var status = JsonSerializer.Deserialize(ref entity, ApiJsonContext.Default.V1Status);
            throw new KubernetesException(status ?? new V1Status { Status = "Failure", Message = "The watch failed without a reason." });
        }
        catch (JsonException e)
        {
            log(TryReadMetadata(line), e);
            return null;
        }
    }

    /// <summary>The event's type and the offset of its object, in whichever order they come.</summary>
    private static (string Type, long ObjectStart) Scan(ReadOnlySequence<byte> line)
    {
        string? type = null;
        long? start = null;
        var reader = new Utf8JsonReader(line);
        reader.Read();
        while ((type is null || start is null) && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isType = reader.ValueTextEquals("type"u8);
            var isObject = reader.ValueTextEquals("object"u8);
            reader.Read();
            if (isType)
                type = reader.GetString();
            else if (isObject)
                start = reader.TokenStartIndex;
            if (type is null || start is null)
                reader.Skip();
        }

        return type is not null && start is not null
            ? (type, start.Value)
            : throw new JsonException("A watch event needs a type and an object.");
    }

    private static WatchEventType ToType(string type) => type switch
    {
        "ADDED" => WatchEventType.Added,
        "MODIFIED" => WatchEventType.Modified,
        "DELETED" => WatchEventType.Deleted,
        "BOOKMARK" => WatchEventType.Bookmark,
        _ => throw new JsonException($"\"{type}\" is no type of watch event."),
    };

    private static V1ObjectMeta? TryReadMetadata(ReadOnlySequence<byte> line)
    {
        try
        {
            var entity = new Utf8JsonReader(line.Slice(Scan(line).ObjectStart));
            return KubernetesJson.ReadMetadata(ref entity);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
