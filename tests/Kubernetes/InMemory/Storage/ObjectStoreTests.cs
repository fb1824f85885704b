using System.Text.Json.Nodes;
using Hearth.Kubernetes.InMemory;
using Hearth.Kubernetes.InMemory.Storage;

namespace Hearth.Kubernetes.Tests.InMemory.Storage;

public sealed class ObjectStoreTests
{
    private const string Nodes = "nodes";
    private const int History = 4;
    private readonly ObjectStore _store = new(History, watchCapacity: 2);

    [Fact]
    public void TryReplace_StaleVersion_IsRefused()
    {
        var first = Create("a");
        var second = _store.TryReplace(first, Copy(first));

        Assert.NotNull(second);
        Assert.True(second.Version > first.Version);
        Assert.Null(_store.TryReplace(first, Copy(first)));
        Assert.Null(_store.TryRemove(first));
        Assert.Same(second, _store.Get(Nodes, new("", "a")));
    }

    [Fact]
    public void TryCreate_InNamespaceThatIsMissingOrGoing_IsRefused()
    {
        var pod = Objects.Json("""{"metadata":{"name":"p","namespace":"n","uid":"p"}}""");
        Assert.Equal(CreateOutcome.NamespaceMissing, _store.TryCreate("pods", pod, out _));

        _store.TryCreate("namespaces", Objects.Json("""{"metadata":{"name":"n","uid":"n","deletionTimestamp":"2026-01-01T00:00:00Z"}}"""), out _);
        Assert.Equal(CreateOutcome.NamespaceTerminating, _store.TryCreate("pods", pod, out _));
    }

    [Fact]
    public void TryRemove_NamespaceWithContent_IsRefusedUntilItIsEmpty()
    {
        _store.TryCreate("namespaces", Objects.Json("""{"metadata":{"name":"n","uid":"n"}}"""), out var ns);
        _store.TryCreate("pods", Objects.Json("""{"metadata":{"name":"p","namespace":"n","uid":"p"}}"""), out var pod);

        Assert.Null(_store.TryRemove(ns!));
        Assert.NotNull(_store.TryRemove(pod!));
        Assert.NotNull(_store.TryRemove(ns!));
    }

    [Fact]
    public void Watch_FromAVersion_GetsWhatCameAfterIt()
    {
        var first = Create("a");
        Create("b");

        using var watcher = _store.Watch(Nodes, first.Version);
        Create("c");

        Assert.Equal("b", Assert.Single(watcher.Missed).Object.Key.Name);
        Assert.True(watcher.Items.TryRead(out var item));
        Assert.Equal("c", item.Change!.Object.Key.Name);
    }

    [Fact]
    public void Watch_FromAVersionThatTheHistoryForgot_IsGone()
    {
        var first = Create("a");
        for (var i = 0; i < History + 1; i++)
            Create($"b{i}");

        var refusal = Assert.Throws<StatusException>(() => _store.Watch(Nodes, first.Version));

        Assert.Equal((410, "Expired"), (refusal.Status.Code, refusal.Status.Reason));
        Assert.StartsWith("too old resource version: ", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Watch_FromAVersionOfAnotherServer_IsGone() =>
        Assert.Equal(410, Assert.Throws<StatusException>(() => _store.Watch(Nodes, 1_000_000)).Status.Code);

    [Fact]
    public async Task Watch_SlowReader_IsCutOffAfterWhatItsQueueHolds()
    {
        using var watcher = _store.Watch(Nodes, null);
        for (var i = 0; i < 3; i++)
            Create($"a{i}");

        Assert.True(watcher.Items.TryRead(out _));
        Assert.True(watcher.Items.TryRead(out _));
        Assert.False(await watcher.Items.WaitToReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public void PostBookmark_BehindChanges_PromisesOnlyWhatWasSent()
    {
        using var watcher = _store.Watch(Nodes, null);
        var created = Create("a");
        _store.PostBookmark(watcher);

        watcher.Items.TryRead(out _);
        watcher.Items.TryRead(out var bookmark);
        Assert.Null(bookmark.Change);
        Assert.Equal(created.Version, bookmark.Version);
    }

    [Fact]
    public void Dependants_OfAnOwner_FollowEveryWrite()
    {
        _store.TryCreate(Nodes, Objects.Json("""{"metadata":{"name":"d","uid":"d","ownerReferences":[{"uid":"o"}]}}"""), out var dependant);
        Assert.Equal(["d"], _store.Dependants("o").Select(d => d.Key.Name));

        var freed = Copy(dependant!);
        freed["metadata"]!.AsObject().Remove("ownerReferences");
        _store.TryReplace(dependant!, freed);

        Assert.Empty(_store.Dependants("o"));
        Assert.Equal("d", _store.ByUid("d")?.Key.Name);
    }

    private StoredObject Create(string name)
    {
        Assert.Equal(CreateOutcome.Created, _store.TryCreate(Nodes, Objects.Json($$"""{"metadata":{ "name": "{{name}}", "uid": "{{name}}" } }"""), out var stored));
        return stored!;
    }

    private static JsonObject Copy(StoredObject stored) => (JsonObject)stored.Json.DeepClone();
}
