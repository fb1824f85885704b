using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Informers;
using Hearth.Kubernetes.Tests.Client;
using Hearth.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hearth.Kubernetes.Tests.Informers;

public sealed class InformerTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly ManualTimeProvider _time = new();
    private readonly ScriptedServer _server = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly KubernetesClient _client;
    private readonly Informer<V1ConfigMap> _informer;
    private readonly EventLog<V1ConfigMap> _events = new();
    private Task _running = Task.CompletedTask;

    public InformerTests()
    {
        _client = _server.Client(_time);
        _informer = new Informer<V1ConfigMap>(_client, new InformerOptions { Namespace = "ns" }, _time, NullLoggerFactory.Instance);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.WaitAsync(Patience);
        _client.Dispose();
        _stop.Dispose();
    }

    [Fact]
    public async Task RunAsync_ListThenWatch_CopiesObjectsAndTellsChangesInOrder()
    {
        _informer.Subscribe(_events.Add);
        var watch = await StartAsync(ConfigMaps.List(10, ConfigMaps.Json("a", 1)));
        Assert.True(_informer.HasSynced);

        await watch.SendAsync(
            ConfigMaps.Event("ADDED", ConfigMaps.Json("b", 11)) + ConfigMaps.Event("MODIFIED", ConfigMaps.Json("a", 12, "2"))
            + ConfigMaps.Event("DELETED", ConfigMaps.Json("b", 13)));

        Assert.Equal(["+a@1", "+b@11", "a@1>12", "-b@13"], await _events.TakeAsync(4));
        Assert.Equal("2", _informer.Get("a", "ns")!.Data!["key"]);
        Assert.Null(_informer.Get("b", "ns"));
        Assert.Single(_informer.List("ns"));
        Assert.Empty(_informer.List("other"));
    }

    [Fact]
    public async Task RunAsync_WatchBreaks_ResumesFromTheLastChange()
    {
        _informer.Subscribe(_events.Add);
        var watch = await StartAsync(ConfigMaps.List(10, ConfigMaps.Json("a", 1)));
        await watch.SendAsync(ConfigMaps.Event("ADDED", ConfigMaps.Json("b", 41)));
        await _events.TakeAsync(2);
        watch.Break();

        await RetryAsync();

        Assert.Contains("resourceVersion=41", await NextPathAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_ServerEndsTheWatch_ResumesFromTheLastBookmarkAtOnce()
    {
        var watch = await StartAsync(ConfigMaps.List(10));
        await watch.SendAsync(ConfigMaps.Bookmark(42));
        watch.End();

        Assert.Contains("watch=true&allowWatchBookmarks=true&resourceVersion=42", await NextPathAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_ServerEndsEveryWatchAtOnce_IsNotAskedInATightLoop()
    {
        var watch = await StartAsync(ConfigMaps.List(10));
        watch.End();

        await RetryAsync();

        Assert.Contains("resourceVersion=10", await NextPathAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_VersionGone_ListsAgainAndTellsWhatItMissed()
    {
        _informer.Subscribe(_events.Add);
        var watch = await StartAsync(ConfigMaps.List(10, ConfigMaps.Json("gone", 1), ConfigMaps.Json("same", 2), ConfigMaps.Json("changed", 3)));
        await _events.TakeAsync(3);
        _server.Answer(ConfigMaps.List(20, ConfigMaps.Json("same", 2), ConfigMaps.Json("changed", 15), ConfigMaps.Json("new", 16)));
        await watch.SendAsync(ConfigMaps.Gone);

        Assert.Equal(["-gone@1", "changed@3>15", "+new@16"], await _events.TakeAsync(3));
        Assert.DoesNotContain("watch=true", await NextPathAsync(), StringComparison.Ordinal);
        Assert.Contains("resourceVersion=20", await NextPathAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_ChangeToldTwice_CountsOnce()
    {
        _informer.Subscribe(_events.Add);
        var watch = await StartAsync(ConfigMaps.List(10));
        var added = ConfigMaps.Event("ADDED", ConfigMaps.Json("a", 11));

        await watch.SendAsync(added + added + ConfigMaps.Event("DELETED", ConfigMaps.Json("a", 12)));

        Assert.Equal(["+a@11", "-a@12"], await _events.TakeAsync(2));
    }

    [Fact]
    public async Task RunAsync_WatchGoesBack_ListsAgain()
    {
        _informer.Subscribe(_events.Add);
        var watch = await StartAsync(ConfigMaps.List(10, ConfigMaps.Json("a", 1)));
        _server.Answer(ConfigMaps.List(20));

        // The change came before the deletion: believed, it would bring back what is gone.
        await watch.SendAsync(ConfigMaps.Event("DELETED", ConfigMaps.Json("a", 12)) + ConfigMaps.Event("MODIFIED", ConfigMaps.Json("a", 11)));
        await RetryAsync();

        Assert.DoesNotContain("watch=true", await NextPathAsync(), StringComparison.Ordinal);
        Assert.Contains("resourceVersion=20", await NextPathAsync(), StringComparison.Ordinal);
        Assert.Empty(_informer.List());
    }

    [Fact]
    public async Task RunAsync_ObjectMadeAnewBetweenLists_TellsTheOldOnesEnd()
    {
        _informer.Subscribe(_events.Add);
        var watch = await StartAsync(ConfigMaps.List(10, ConfigMaps.Json("a", 1, uid: "old")));
        _server.Answer(ConfigMaps.List(20, ConfigMaps.Json("a", 15, uid: "new")));
        await watch.SendAsync(ConfigMaps.Gone);

        Assert.Equal(["+a@1", "-a@1", "+a@15"], await _events.TakeAsync(3));
    }

    [Fact]
    public async Task RunAsync_ObjectUnreadableInARelist_IsNotTakenForDeleted()
    {
        _informer.Subscribe(_events.Add);
        var watch = await StartAsync(ConfigMaps.List(10, ConfigMaps.Json("a", 1)));
        _server.Answer(ConfigMaps.List(20, ConfigMaps.Malformed("a"), ConfigMaps.Json("b", 11)));
        await watch.SendAsync(ConfigMaps.Gone);

        Assert.Equal(["+a@1", "+b@11"], await _events.TakeAsync(2));
        Assert.NotNull(_informer.Get("a", "ns"));
    }

    [Fact]
    public async Task RunAsync_WatchStalls_IsGivenUpAndResumed()
    {
        await StartAsync(ConfigMaps.List(10));

        _time.Advance(TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(30));
        await RetryAsync();

        Assert.Contains("resourceVersion=10", await NextPathAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_ListKeepsFailing_TriesAgainWithBackOff()
    {
        _running = _informer.RunAsync(_stop.Token);
        for (var i = 0; i < 3; i++)
        {
            await _server.NextRequestAsync();
            _server.Answer("broken", System.Net.HttpStatusCode.InternalServerError);
            await RetryAsync();
        }

        await _server.NextRequestAsync();
        _server.Answer(ConfigMaps.List(1));

        await _informer.WaitForSyncAsync(CancellationToken.None).WaitAsync(Patience);
    }

    [Fact]
    public async Task Subscribe_Late_TellsWhatThereIsFirst()
    {
        var watch = await StartAsync(ConfigMaps.List(10, ConfigMaps.Json("a", 1)));
        await _informer.WaitForSyncAsync(CancellationToken.None).WaitAsync(Patience);

        using (_informer.Subscribe(_events.Add))
        {
            await watch.SendAsync(ConfigMaps.Event("ADDED", ConfigMaps.Json("b", 11)));
            Assert.Equal(["+a@1", "+b@11"], await _events.TakeAsync(2));
        }

        var after = new EventLog<V1ConfigMap>();
        _informer.Subscribe(after.Add);
        await watch.SendAsync(ConfigMaps.Event("ADDED", ConfigMaps.Json("c", 12)));
        Assert.Equal("+c@12", (await after.TakeAsync(3))[2]);
        Assert.Equal(0, _events.Count);
    }

    [Fact]
    public async Task Subscribe_HandlerThrows_TheOthersAreStillTold()
    {
        _informer.Subscribe(_ => throw new InvalidOperationException("on purpose"));
        _informer.Subscribe(_events.Add);
        var watch = await StartAsync(ConfigMaps.List(10, ConfigMaps.Json("a", 1)));
        await watch.SendAsync(ConfigMaps.Event("ADDED", ConfigMaps.Json("b", 11)));

        Assert.Equal(["+a@1", "+b@11"], await _events.TakeAsync(2));
    }

    [Fact]
    public async Task ByIndex_ObjectsChangeTheirKeys_AreFiledAnew()
    {
        _informer.AddIndex("value", c => [c.Data!["key"]]);
        _informer.Subscribe(_events.Add);
        var watch = await StartAsync(ConfigMaps.List(10, ConfigMaps.Json("a", 1, "x"), ConfigMaps.Json("b", 2, "x")));
        await watch.SendAsync(ConfigMaps.Event("MODIFIED", ConfigMaps.Json("a", 11, "y")) + ConfigMaps.Event("DELETED", ConfigMaps.Json("b", 12, "x")));
        await _events.TakeAsync(4);

        Assert.Equal(["a"], _informer.ByIndex("value", "y").Select(c => c.Name()));
        Assert.Empty(_informer.ByIndex("value", "x"));
        Assert.Throws<ArgumentException>(() => _informer.ByIndex("other", "x"));
    }

    /// <summary>Answers the first list, opens the first watch, and returns once the informer watches.</summary>
    private async Task<WatchBody> StartAsync(string list)
    {
        var watch = new WatchBody();
        _server.Answer(list).Answer(watch.Answer);
        _running = _informer.RunAsync(_stop.Token);
        Assert.DoesNotContain("watch=true", await NextPathAsync(), StringComparison.Ordinal);
        Assert.Contains("watch=true", await NextPathAsync(), StringComparison.Ordinal);
        return watch;
    }

    private async Task RetryAsync()
    {
        await _time.WaitForTimerAsync(TimeSpan.FromSeconds(30));
        _time.Advance(TimeSpan.FromSeconds(30));
    }

    private async Task<string> NextPathAsync() => (await _server.NextRequestAsync()).PathAndQuery;
}
