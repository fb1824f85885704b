using System.Buffers;
using System.Text.Json;
using Hearth.Api;
using Hearth.Api.Meta;

namespace Hearth.Kubernetes.Client;

/// <summary>One page of a list. Each item is read on its own, so that one bad object does not hide all the others.</summary>
internal static class ListPage
{
    private delegate void ItemReader(ref Utf8JsonReader item);

    /// <summary>Adds the page's items to the lists and returns where the next page starts.</summary>
    public static V1ListMeta Read<T>(ReadOnlySequence<byte> body, List<T> items, List<V1ObjectMeta> unreadable, Action<V1ObjectMeta?, JsonException> log)
        where T : class, IResource<T> =>
        Read(body, T.Definition.Plural, (ref Utf8JsonReader item) => ReadItem(ref item, items, unreadable, log));

    /// <summary>Adds the metadata of the page's items and returns where the next page starts.</summary>
    public static V1ListMeta ReadMetadata(ReadOnlySequence<byte> body, string plural, List<V1ObjectMeta> items) =>
        Read(body, plural, (ref Utf8JsonReader item) =>
        {
            if (KubernetesJson.ReadMetadata(ref item) is { } metadata)
                items.Add(metadata);
        });

    private static V1ListMeta Read(ReadOnlySequence<byte> body, string plural, ItemReader readItem)
    {
        var (page, hasItems) = (new V1ListMeta(), false);
        var reader = new Utf8JsonReader(body);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException($"A list of {plural} was expected, a {reader.TokenType} came.");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isItems = reader.ValueTextEquals("items"u8);
            var isMetadata = reader.ValueTextEquals("metadata"u8);
            reader.Read();
            hasItems |= isItems;
            if (isMetadata)
                page = JsonSerializer.Deserialize(ref reader, ApiJsonContext.Default.V1ListMeta) ?? page;
            else if (isItems && reader.TokenType == JsonTokenType.StartArray)
                ReadItems(ref reader, readItem);
            else
                reader.Skip();
        }

        return hasItems ? page : throw new JsonException($"A list of {plural} without items came.");
    }

    private static void ReadItems(ref Utf8JsonReader reader, ItemReader readItem)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            // A reader that failed stands anywhere: this one goes on behind the item in any case.
            var item = reader;
            reader.Skip();
            readItem(ref item);
        }
    }

    private static void ReadItem<T>(ref Utf8JsonReader item, List<T> items, List<V1ObjectMeta> unreadable, Action<V1ObjectMeta?, JsonException> log)
        where T : class, IResource<T>
    {
        var start = item;
        try
        {
            items.Add(KubernetesJson.Read<T>(ref item));
        }
        catch (JsonException e)
        {
            var metadata = KubernetesJson.ReadMetadata(ref start);
            log(metadata, e);
            if (metadata is not null)
                unreadable.Add(metadata);
        }
    }
}
