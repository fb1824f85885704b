using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hearth.Api;
using Hearth.Api.Meta;

namespace Hearth.Kubernetes.Client;

/// <summary>Objects to and from JSON. Items of lists come without kind and objects made in code have none: both get theirs here.</summary>
internal static class KubernetesJson
{
    public static T Read<T>(ref Utf8JsonReader reader)
        where T : class, IResource<T> => Named(JsonSerializer.Deserialize(ref reader, T.JsonTypeInfo));

    public static T Read<T>(ReadOnlySequence<byte> body)
        where T : class, IResource<T>
    {
        var reader = new Utf8JsonReader(body);
        return Read<T>(ref reader);
    }

    public static byte[] Write<T>(T entity)
        where T : class, IResource<T>
    {
        if (entity is KubernetesObject { Kind: null } or KubernetesObject { ApiVersion: null })
            entity = (T)(object)((KubernetesObject)(object)entity with { ApiVersion = T.Definition.ApiVersion, Kind = T.Definition.Kind });
        return JsonSerializer.SerializeToUtf8Bytes(entity, T.JsonTypeInfo);
    }

    public static byte[] Write(JsonNode node)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
            node.WriteTo(writer);
        return buffer.ToArray();
    }

    /// <summary>Only the metadata, for objects that cannot be read whole.</summary>
    public static V1ObjectMeta? ReadMetadata(ref Utf8JsonReader reader)
    {
        try
        {
            using var json = JsonDocument.ParseValue(ref reader);
            return json.RootElement.TryGetProperty("metadata", out var metadata) ? metadata.Deserialize(ApiJsonContext.Default.V1ObjectMeta) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static T Named<T>(T? entity)
        where T : class, IResource<T>
    {
        if (entity is null)
            throw new JsonException($"A {T.Definition.Kind} was expected, null came.");
        if (entity is KubernetesObject typed)
        {
            typed.Metadata = typed.Metadata ?? throw new JsonException($"A {T.Definition.Kind} without metadata came.");
            typed.ApiVersion ??= T.Definition.ApiVersion;
            typed.Kind ??= T.Definition.Kind;
        }

        return entity;
    }
}
