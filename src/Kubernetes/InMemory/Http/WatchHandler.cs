using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hearth.Api;
using Hearth.Api.Meta;
using Hearth.Kubernetes.InMemory.Selectors;
using Hearth.Kubernetes.InMemory.Storage;
using Hearth.Kubernetes.InMemory.Tables;

namespace Hearth.Kubernetes.InMemory.Http;

/// <summary>Streams changes until the caller leaves, its time is over, it falls too far behind, or the server stops.</summary>
internal sealed class WatchHandler(ObjectStore store, TimeProvider time, CancellationToken stopping)
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan BookmarkPeriod = TimeSpan.FromMinutes(1);

    public async Task WatchAsync(ApiCall call)
    {
        var labels = LabelSelector.Parse(call.Query("labelSelector"));
        var fields = FieldSelector.Parse(call.Query("fieldSelector"), call.Kind);
        var filter = new WatchFilter(call.Namespace, call.Name, labels, fields);
        var duration = call.Number("timeoutSeconds") is { } seconds and > 0 ? TimeSpan.FromSeconds(seconds) : DefaultTimeout;
        call.Http.Response.ContentType = "application/json;stream=watch";
        var writer = new EventWriter(call, time, call.Http.Response.BodyWriter);
        if (!TryBegin(call, out var watcher, out var initial, out var version, out var refusal))
        {
            // As Kubernetes has it: the watch begins, and what it tells first is why it cannot.
            writer.WriteError(refusal);
            await writer.FlushAsync(call.Http.RequestAborted);
            return;
        }
        using var subscription = watcher;
        using var timeout = new CancellationTokenSource(duration, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(call.Http.RequestAborted, timeout.Token, stopping);
        using var bookmarks = call.Flag("allowWatchBookmarks")
            ? time.CreateTimer(_ => store.PostBookmark(watcher), null, BookmarkPeriod, BookmarkPeriod)
            : null;

        try
        {
            foreach (var stored in initial.Where(filter.Selects))
                await writer.WriteAsync(ChangeType.Added, stored, end.Token);
            if (call.Flag("sendInitialEvents"))
                writer.WriteBookmark(version, endsInitialEvents: true);
            foreach (var change in watcher.Missed)
            {
                if (filter.Translate(change) is { } seen)
                    await writer.WriteAsync(seen.Type, seen.Object, end.Token);
            }
            await writer.FlushAsync(end.Token);
            await StreamAsync(watcher, filter, writer, end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The end of a watch is no failure: the caller resumes from the last version it saw.
        }
    }

    private static async Task StreamAsync(Watcher watcher, WatchFilter filter, EventWriter writer, CancellationToken cancel)
    {
        while (await watcher.Items.WaitToReadAsync(cancel))
        {
            while (watcher.Items.TryRead(out var item))
            {
                if (item.Change is null)
                    writer.WriteBookmark(item.Version, endsInitialEvents: false);
                else if (filter.Translate(item.Change) is { } seen)
                    await writer.WriteAsync(seen.Type, seen.Object, cancel);
            }
            await writer.FlushAsync(cancel);
        }
    }

    /// <summary>
    /// Without a version, or with <c>sendInitialEvents</c>, a watch starts with every object there is; otherwise with what came after the
    /// version.
    /// </summary>
    private bool TryBegin(
        ApiCall call,
        [NotNullWhen(true)] out Watcher? watcher,
        [NotNullWhen(true)] out IReadOnlyList<StoredObject>? initial,
        out long version,
        [NotNullWhen(false)] out V1Status? refusal)
    {
        (watcher, initial, version, refusal) = (null, null, 0, null);
        var wanted = call.Number("resourceVersion");
        if (call.Flag("sendInitialEvents"))
        {
            if (call.Query("resourceVersionMatch") != "NotOlderThan")
            {
                throw Refusal.InvalidOptions("ListOptions", Fault.Forbidden(
                    "resourceVersionMatch", "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"));
            }
            wanted = null;
        }
        if (wanted is null or 0)
        {
            (watcher, initial, version) = store.ListAndWatch(call.Kind.GroupResource);
            return true;
        }
        try
        {
            version = wanted.Value;
            watcher = store.Watch(call.Kind.GroupResource, version);
            initial = [];
            return true;
        }
        catch (StatusException e)
        {
            refusal = e.Status;
            return false;
        }
    }

    /// <summary>Writes the events of one watch, as objects or as tables.</summary>
    private sealed class EventWriter(ApiCall call, TimeProvider time, PipeWriter body)
    {
        private const int FlushBytes = 64 * 1024;
        private readonly TablePrinter? _table = call.WantsTable ? new(call.Kind, call.Query("includeObject")) : null;
        private bool _columnsSent;

        public async ValueTask WriteAsync(ChangeType type, StoredObject stored, CancellationToken cancel)
        {
            if (_table is not null)
                Write(Name(type), Row(stored));
            else if (call.WantsMetadata)
                Write(Name(type), PartialMetadata.Of(stored.Json).PrintUtf8());
            else
                Write(Name(type), stored.Utf8.Span);
            if (body.UnflushedBytes > FlushBytes)
                await FlushAsync(cancel);
        }

        public void WriteError(V1Status status) => Write("ERROR"u8, JsonSerializer.SerializeToUtf8Bytes(status, ApiJsonContext.Default.V1Status));

        public void WriteBookmark(long version, bool endsInitialEvents)
        {
            var metadata = Metadata(version);
            metadata["creationTimestamp"] = null;
            if (endsInitialEvents)
                metadata["annotations"] = new JsonObject { ["k8s.io/initial-events-end"] = "true" };
            var bookmark = new JsonObject { ["kind"] = call.Kind.Kind, ["apiVersion"] = call.Kind.ApiVersion, ["metadata"] = metadata };
            var text = _table is null ? bookmark : new JsonObject
            {
                ["kind"] = "Table",
                ["apiVersion"] = "meta.k8s.io/v1",
                ["metadata"] = Metadata(version),
                ["columnDefinitions"] = new JsonArray(),
                ["rows"] = new JsonArray(new JsonObject { ["cells"] = new JsonArray(), ["object"] = bookmark }),
            };
            Write("BOOKMARK"u8, text.PrintUtf8());
        }

        public async ValueTask FlushAsync(CancellationToken cancel) => await body.FlushAsync(cancel);

        private byte[] Row(StoredObject stored)
        {
            var table = _table!.Print([stored.Json], Metadata(stored.Version), time.GetUtcNow(), withColumns: !_columnsSent);
            _columnsSent = true;
            return table.PrintUtf8();
        }

        private void Write(ReadOnlySpan<byte> type, ReadOnlySpan<byte> entity)
        {
            body.Write("{\"type\":\""u8);
            body.Write(type);
            body.Write("\",\"object\":"u8);
            body.Write(entity);
            body.Write("}\n"u8);
        }

        private static JsonObject Metadata(long version) => new() { ["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture) };

        private static ReadOnlySpan<byte> Name(ChangeType type) => type switch
        {
            ChangeType.Added => "ADDED"u8,
            ChangeType.Modified => "MODIFIED"u8,
            _ => "DELETED"u8,
        };
    }
}
