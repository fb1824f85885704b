using System.Text.Json;
using Hearth.Api;
using Hearth.Api.Meta;

namespace Hearth.Kubernetes.Client;

/// <summary>One page of a list. Each item is read on its own, so that one bad object does not hide all the others.</summary>
internal static class ListPage
{
    /// <summary>Adds the page's items to the lists and returns where the next page starts.</summary>
    public static V1ListMeta Read<T>(JsonElement page, List<T> items, List<V1ObjectMeta> unreadable, Action<V1ObjectMeta?, JsonException> log)
        where T : class, IResource<T>
    {
        if (!page.TryGetProperty("items", out var array))
            throw new JsonException($"A list of {T.Definition.Plural} without items came.");
        if (array.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in array.EnumerateArray())
                ReadItem(item, items, unreadable, log);
        }

        return Metadata(page);
    }

    /// <summary>Adds the metadata of the page's items and returns where the next page starts.</summary>
    public static V1ListMeta ReadMetadata(JsonElement page, string plural, List<V1ObjectMeta> items)
    {
        if (!page.TryGetProperty("items", out var array))
            throw new JsonException($"A list of {plural} without items came.");
        items.AddRange(array.EnumerateArray().Select(KubernetesJson.ReadMetadata).OfType<V1ObjectMeta>());
        return Metadata(page);
    }

    private static V1ListMeta Metadata(JsonElement page) => page.TryGetProperty("metadata", out var metadata)
        ? metadata.Deserialize(ApiJsonContext.Default.V1ListMeta) ?? new V1ListMeta()
        : new V1ListMeta();

    private static void ReadItem<T>(JsonElement item, List<T> items, List<V1ObjectMeta> unreadable, Action<V1ObjectMeta?, JsonException> log)
        where T : class, IResource<T>
    {
        try
        {
            items.Add(KubernetesJson.Read<T>(item));
        }
        catch (JsonException e)
        {
            var metadata = KubernetesJson.ReadMetadata(item);
            log(metadata, e);
            if (metadata is not null)
                unreadable.Add(metadata);
        }
    }
}
