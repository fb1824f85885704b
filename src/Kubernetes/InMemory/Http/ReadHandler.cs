using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Hearth.Kubernetes.InMemory.Selectors;
using Hearth.Kubernetes.InMemory.Storage;
using Hearth.Kubernetes.InMemory.Tables;
using Hearth.Kubernetes.InMemory.Writes;
using Microsoft.AspNetCore.Http;

namespace Hearth.Kubernetes.InMemory.Http;

/// <summary>Get and list.</summary>
internal sealed class ReadHandler(ObjectStore store, TimeProvider time)
{
    public Task GetAsync(ApiCall call)
    {
        var stored = store.Require(call.Kind, call.Namespace, call.Name!);
        if (call.Subresource == "scale")
            return ApiResponse.WriteAsync(call.Http, StatusCodes.Status200OK, ScaleSubresource.Read(call.Kind, stored.Json));
        if (call.WantsMetadata)
            return ApiResponse.WriteAsync(call.Http, StatusCodes.Status200OK, PartialMetadata.Of(stored.Json));
        if (!call.WantsTable)
            return ApiResponse.WriteAsync(call.Http, StatusCodes.Status200OK, stored.Utf8);
        return WriteTableAsync(call, [stored], ListMetadata(stored.Version));
    }

    public Task ListAsync(ApiCall call)
    {
        var labels = LabelSelector.Parse(call.Query("labelSelector"));
        var fields = FieldSelector.Parse(call.Query("fieldSelector"), call.Kind);
        _ = call.Number("resourceVersion"); // Any is as good as another: the answer is always the present state.
        var (all, version) = store.List(call.Kind.GroupResource, call.Namespace);
        var token = call.Query("continue") is { } text ? ContinueToken.Parse(text) : null;
        var selected = all.Where(o => (token is null || IsAfter(o, token)) && labels.Matches(o.Json) && fields.Matches(o.Json)).ToList();

        var metadata = ListMetadata(token?.Version ?? version);
        var limit = call.Number("limit") is { } number and > 0 ? (int)Math.Min(number, int.MaxValue) : int.MaxValue;
        var page = selected.Count > limit ? selected[..limit] : selected;
        if (page.Count < selected.Count)
        {
            metadata["continue"] = new ContinueToken(token?.Version ?? version, page[^1].Key).ToString();
            metadata["remainingItemCount"] = selected.Count - page.Count;
        }
        if (call.WantsMetadata)
            return ApiResponse.WriteAsync(call.Http, StatusCodes.Status200OK, PartialMetadata.List(page.Select(o => o.Json), metadata));
        return call.WantsTable ? WriteTableAsync(call, page, metadata) : WriteListAsync(call, page, metadata);
    }

    private static bool IsAfter(StoredObject stored, ContinueToken token)
    {
        var order = string.CompareOrdinal(stored.Key.Namespace, token.After.Namespace);
        return order > 0 || (order == 0 && string.CompareOrdinal(stored.Key.Name, token.After.Name) > 0);
    }

    private static JsonObject ListMetadata(long version) => new() { ["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture) };

    private Task WriteTableAsync(ApiCall call, IEnumerable<StoredObject> items, JsonObject metadata)
    {
        var printer = new TablePrinter(call.Kind, call.Query("includeObject"));
        var table = printer.Print(items.Select(o => o.Json), metadata, time.GetUtcNow());
        return ApiResponse.WriteAsync(call.Http, StatusCodes.Status200OK, table);
    }

    /// <summary>Copies the objects as they were written once; nothing is serialised again.</summary>
    private static async Task WriteListAsync(ApiCall call, List<StoredObject> page, JsonObject metadata)
    {
        const int FlushBytes = 64 * 1024;
        call.Http.Response.ContentType = "application/json";
        var body = call.Http.Response.BodyWriter;
        Encoding.UTF8.GetBytes(
            $$"""{"kind":"{{call.Kind.ListKind}}","apiVersion":"{{call.Kind.ApiVersion}}","metadata":{{metadata.Print()}},"items":[""", body);
        for (var i = 0; i < page.Count; i++)
        {
            if (i > 0)
                body.Write(","u8);
            body.Write(page[i].Utf8.Span);
            if (body.UnflushedBytes > FlushBytes)
                await body.FlushAsync(call.Http.RequestAborted);
        }
        body.Write("]}"u8);
        await body.FlushAsync(call.Http.RequestAborted);
    }
}
