using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Api.Telemetry;
using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Configuration;
using Hearth.Testing;

namespace Hearth.Kubernetes.Tests.Client;

public sealed class KubernetesClientTests : IDisposable
{
    private readonly ScriptedServer _server = new();
    private readonly KubernetesClient _client;

    public KubernetesClientTests() => _client = _server.Client();

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task GetAsync_Present_ReadsItAndFillsInTheKind()
    {
        _server.Answer(ConfigMaps.Json("a", 7, "v"));

        var found = await _client.GetAsync<V1ConfigMap>("a", "ns");

        Assert.Equal("v", found!.Data!["key"]);
        Assert.Equal(("v1", "ConfigMap"), (found.ApiVersion, found.Kind));
        Assert.Equal("/api/v1/namespaces/ns/configmaps/a", (await _server.NextRequestAsync()).PathAndQuery);
    }

    [Fact]
    public async Task GetAsync_Missing_ReturnsNull()
    {
        _server.Answer(ConfigMaps.Failure(404, "NotFound", "not found", """{"name":"a","kind":"configmaps"}"""), HttpStatusCode.NotFound);

        Assert.Null(await _client.GetAsync<V1ConfigMap>("a", "ns"));
    }

    [Fact]
    public async Task GetAsync_KindUnknownToTheServer_Throws()
    {
        _server.Answer("404 page not found", HttpStatusCode.NotFound);

        var error = await Assert.ThrowsAsync<KubernetesException>(() => _client.GetAsync<V1ConfigMap>("a", "ns"));

        Assert.True(error.IsNotFound);
        Assert.Contains("404 page not found", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetAsync_AnswerIsNoJson_ThrowsHttpRequestException()
    {
        _server.Answer("<html>");

        await Assert.ThrowsAsync<HttpRequestException>(() => _client.GetAsync<V1ConfigMap>("a", "ns"));
    }

    [Fact]
    public async Task GetAsync_NoAnswer_GivesUp()
    {
        var time = new ManualTimeProvider();
        using var client = _server.Client(time);
        var answer = client.GetAsync<V1ConfigMap>("a", "ns");
        await _server.NextRequestAsync();

        time.Advance(TimeSpan.FromMinutes(2));

        await Assert.ThrowsAsync<HttpRequestException>(() => answer);
    }

    [Fact]
    public async Task ListAsync_SeveralPages_FollowsContinue()
    {
        _server.Answer(ConfigMaps.ListPage(5, "more", ConfigMaps.Json("a", 1))).Answer(ConfigMaps.List(5, ConfigMaps.Json("b", 2)));

        var list = await _client.ListAsync<V1ConfigMap>(null, new ListOptions { LabelSelector = "a in (b,c)" });

        Assert.Equal(["a", "b"], list.Items.Select(i => i.Name()));
        Assert.Equal("5", list.ResourceVersion);
        Assert.Equal("/api/v1/configmaps?limit=500&labelSelector=a%20in%20%28b%2Cc%29", (await _server.NextRequestAsync()).PathAndQuery);
        Assert.Contains("continue=more", (await _server.NextRequestAsync()).PathAndQuery, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ListAsync_OneItemMalformed_KeepsTheOthersAndNamesIt()
    {
        _server.Answer(ConfigMaps.List(5, ConfigMaps.Json("a", 1), ConfigMaps.Malformed("bad"), ConfigMaps.Json("b", 2)));

        var list = await _client.ListAsync<V1ConfigMap>("ns");

        Assert.Equal(["a", "b"], list.Items.Select(i => i.Name()));
        Assert.Equal(["bad"], list.Unreadable.Select(m => m.Name));
    }

    [Fact]
    public async Task WatchAsync_EventsInPiecesAndAnyFieldOrder_AreRead()
    {
        var body = new WatchBody();
        _server.Answer(body.Answer);
        await using var watch = _client.WatchAsync<V1ConfigMap>("ns", new ListOptions { ResourceVersion = "3", Timeout = TimeSpan.FromSeconds(60) }).GetAsyncEnumerator();
        var first = watch.MoveNextAsync();
        var line = ConfigMaps.Event("ADDED", ConfigMaps.Json("a", 4));
        await body.SendAsync(line[..20]);
        await body.SendAsync(line[20..]);

        Assert.True(await first);
        Assert.Equal((WatchEventType.Added, "a"), (watch.Current.Type, watch.Current.Object.Name()));
        Assert.Equal(
            "/api/v1/namespaces/ns/configmaps?watch=true&allowWatchBookmarks=true&resourceVersion=3&timeoutSeconds=60",
            (await _server.NextRequestAsync()).PathAndQuery);

        await body.SendAsync($$"""{"object":{{ConfigMaps.Json("a", 5)}},"type":"MODIFIED"}""" + "\n" + ConfigMaps.Bookmark(9));
        Assert.True(await watch.MoveNextAsync());
        Assert.Equal((WatchEventType.Modified, "5"), (watch.Current.Type, watch.Current.Object.Metadata.ResourceVersion));
        Assert.True(await watch.MoveNextAsync());
        Assert.Equal((WatchEventType.Bookmark, "9"), (watch.Current.Type, watch.Current.Object.Metadata.ResourceVersion));

        body.End();
        Assert.False(await watch.MoveNextAsync());
    }

    [Fact]
    public async Task WatchAsync_MalformedEvent_IsSkipped()
    {
        _server.Answer(ConfigMaps.Event("ADDED", ConfigMaps.Malformed("bad")) + "no json\n" + ConfigMaps.Event("ADDED", ConfigMaps.Json("a", 4)));

        var names = await _client.WatchAsync<V1ConfigMap>("ns").Select(e => e.Object.Name()).ToListAsync();

        Assert.Equal(["a"], names);
    }

    [Fact]
    public async Task WatchAsync_ErrorEvent_Throws()
    {
        _server.Answer(ConfigMaps.Gone);

        var error = await Assert.ThrowsAsync<KubernetesException>(async () => await _client.WatchAsync<V1ConfigMap>("ns").ToListAsync());

        Assert.True(error.IsGone);
    }

    [Fact]
    public async Task WatchAsync_ConnectionBreaks_ThrowsHttpRequestException()
    {
        var body = new WatchBody();
        _server.Answer(body.Answer);
        body.Break();

        await Assert.ThrowsAsync<HttpRequestException>(async () => await _client.WatchAsync<V1ConfigMap>("ns").ToListAsync());
    }

    [Fact]
    public async Task WatchAsync_EndlessLine_Throws()
    {
        _server.Answer(new string('x', WatchReader<V1ConfigMap>.LongestLine + 1));

        await Assert.ThrowsAsync<HttpRequestException>(async () => await _client.WatchAsync<V1ConfigMap>("ns").ToListAsync());
    }

    [Fact]
    public async Task CreateAsync_ObjectWithoutKind_WritesItsKind()
    {
        _server.Answer(ConfigMaps.Json("a", 1), HttpStatusCode.Created);

        await _client.CreateAsync(Named);

        var sent = await _server.NextRequestAsync();
        Assert.Equal(("POST", "/api/v1/namespaces/ns/configmaps?fieldManager=hearth"), (sent.Method, sent.PathAndQuery));
        var body = JsonNode.Parse(sent.Body!)!;
        Assert.Equal(("v1", "ConfigMap"), ((string?)body["apiVersion"], (string?)body["kind"]));
    }

    [Fact]
    public async Task CreateAsync_NoNamespace_Throws()
    {
        var error = await Assert.ThrowsAsync<ArgumentException>(() => _client.CreateAsync(new V1ConfigMap { Metadata = new V1ObjectMeta { Name = "a" } }));

        Assert.StartsWith("ConfigMap \"a\" is namespaced", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void BaseUri_HostWithUserInfo_DoesNotShowIt()
    {
        using var client = new KubernetesClient(new KubernetesClientConfiguration { Host = "http://me:secret@127.0.0.1:6443/cluster/" }, TimeProvider.System);

        Assert.Equal("http://127.0.0.1:6443/cluster/", client.BaseUri.AbsoluteUri);
    }

    [Theory]
    [InlineData("ftp://a")]
    [InlineData("cluster")]
    [InlineData("")]
    public void Constructor_HostIsNoHttpAddress_SaysSo(string host) => Assert.Throws<KubeConfigException>(
        () => new KubernetesClient(new KubernetesClientConfiguration { Host = host }, TimeProvider.System));

    [Fact]
    public async Task UpdateAsync_Always_PutsTheObject()
    {
        _server.Answer(ConfigMaps.Json("a", 2));

        var updated = await _client.UpdateAsync(new V1ConfigMap { Metadata = new V1ObjectMeta { Name = "a", Namespace = "ns", ResourceVersion = "1" } });

        Assert.Equal("2", updated.Metadata.ResourceVersion);
        var sent = await _server.NextRequestAsync();
        Assert.Equal(("PUT", "/api/v1/namespaces/ns/configmaps/a?fieldManager=hearth"), (sent.Method, sent.PathAndQuery));
    }

    [Theory]
    [InlineData(PatchType.MergePatch, "application/merge-patch+json", "fieldManager=hearth")]
    [InlineData(PatchType.JsonPatch, "application/json-patch+json", "fieldManager=hearth")]
    [InlineData(PatchType.StrategicMergePatch, "application/strategic-merge-patch+json", "fieldManager=hearth")]
    [InlineData(PatchType.ApplyPatch, "application/apply-patch+yaml", "fieldManager=hearth&force=true")]
    public async Task PatchAsync_EachType_HasItsMediaType(PatchType type, string mediaType, string query)
    {
        _server.Answer(ConfigMaps.Json("a", 2));

        await _client.PatchAsync<V1ConfigMap>("a", "ns", new V1Patch(new JsonObject { ["x"] = 1 }, type), "status");

        Assert.Equal(
            new RecordedRequest("PATCH", $"/api/v1/namespaces/ns/configmaps/a/status?{query}", """{"x":1}""", mediaType, null, ""),
            await _server.NextRequestAsync());
    }

    [Fact]
    public async Task ApplyAsync_Always_AppliesUnderTheObjectsName()
    {
        _server.Answer(ConfigMaps.Json("a", 2));

        await _client.ApplyAsync<V1ConfigMap>(new JsonObject { ["metadata"] = new JsonObject { ["name"] = "a", ["namespace"] = "ns" } });

        var sent = await _server.NextRequestAsync();
        Assert.Equal("/api/v1/namespaces/ns/configmaps/a?fieldManager=hearth&force=true", sent.PathAndQuery);
        Assert.Equal("application/apply-patch+yaml", sent.MediaType);
    }

    [Fact]
    public async Task ApplyAsync_NoName_Throws() =>
        await Assert.ThrowsAsync<ArgumentException>(() => _client.ApplyAsync<V1ConfigMap>(new JsonObject { ["kind"] = "ConfigMap" }));

    [Fact]
    public async Task DeleteAsync_Options_AreSent()
    {
        _server.Answer("""{"kind":"Status","status":"Success"}""");

        Assert.True(await _client.DeleteAsync<V1ConfigMap>("a", "ns", new DeleteOptions { PropagationPolicy = "Foreground", GracePeriodSeconds = 3, Uid = "u", ResourceVersion = "9" }));

        Assert.Equal(
            """{"kind":"DeleteOptions","apiVersion":"v1","propagationPolicy":"Foreground","gracePeriodSeconds":3,"preconditions":{"uid":"u","resourceVersion":"9"}}""",
            (await _server.NextRequestAsync()).Body);
    }

    [Fact]
    public async Task DeleteAsync_Missing_ReturnsFalse()
    {
        _server.Answer(ConfigMaps.Failure(404, "NotFound", "not found", """{"name":"a"}"""), HttpStatusCode.NotFound);

        Assert.False(await _client.DeleteAsync<V1ConfigMap>("a", "ns"));
    }

    [Fact]
    public async Task ReadLogAsync_Follow_StreamsWhatIsWritten()
    {
        var body = new WatchBody();
        _server.Answer(body.Answer);

        using var log = new StreamReader(await _client.ReadLogAsync("p", "ns", follow: true));
        await body.SendAsync("one\n");

        Assert.Equal("one", await log.ReadLineAsync());
        Assert.Equal("/api/v1/namespaces/ns/pods/p/log?follow=true", (await _server.NextRequestAsync()).PathAndQuery);
    }

    [Fact]
    public async Task AnyCall_Conflict_CarriesTheServersStatus()
    {
        _server.Answer(ConfigMaps.Failure(409, "AlreadyExists", "configmaps a already exists"), HttpStatusCode.Conflict);

        var error = await Assert.ThrowsAsync<KubernetesException>(() => _client.CreateAsync(Named));

        Assert.True(error is { IsConflict: true, IsAlreadyExists: true });
        Assert.Equal("configmaps a already exists", error.Message);
    }

    [Fact]
    public async Task AnyCall_Forbidden_SaysWhichRuleAllowsIt()
    {
        _server.Answer(ConfigMaps.Failure(403, "Forbidden", "no"), HttpStatusCode.Forbidden);

        var error = await Assert.ThrowsAsync<KubernetesException>(() => _client.PatchAsync<V1Lease>("a", "ns", new V1Patch(new JsonObject()), "status"));

        Assert.EndsWith("""{apiGroups: ["coordination.k8s.io"], resources: ["leases/status"], verbs: ["patch"]}""", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnyCall_ServerBusy_WaitsAsLongAsItAsksAndTriesAgain()
    {
        using var metrics = new PrometheusTextExporter();
        var time = new ManualTimeProvider();
        using var client = _server.Client(time, host: "http://busy.test");
        _server.Answer(Busy(HttpStatusCode.TooManyRequests)).Answer(Busy(HttpStatusCode.ServiceUnavailable)).Answer(ConfigMaps.Json("a", 1));
        var answer = client.GetAsync<V1ConfigMap>("a", "ns");

        for (var retry = 0; retry < 2; retry++)
        {
            await time.WaitForTimerAsync(TimeSpan.FromSeconds(3));
            time.Advance(TimeSpan.FromSeconds(3));
        }

        Assert.Equal("a", (await answer)!.Name());
        Assert.Contains("""rest_client_request_retries_total{code="429",verb="GET",host="busy.test"} 1""" + "\n", metrics.Write(), StringComparison.Ordinal);
        Assert.Contains("""rest_client_request_duration_seconds_count{verb="GET",host="busy.test"} 3""" + "\n", metrics.Write(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CreateAsync_TooManyRequests_IsSentAgain()
    {
        var time = new ManualTimeProvider();
        using var client = _server.Client(time);
        _server.Answer(Busy(HttpStatusCode.TooManyRequests)).Answer(ConfigMaps.Json("a", 1));
        var created = client.CreateAsync(Named);

        await time.WaitForTimerAsync(TimeSpan.FromSeconds(3));
        time.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal("a", (await created).Name());
    }

    [Fact]
    public async Task CreateAsync_ServerUnavailable_IsNotSentTwice()
    {
        _server.Answer(Busy(HttpStatusCode.ServiceUnavailable));

        var error = await Assert.ThrowsAsync<KubernetesException>(() => _client.CreateAsync(Named));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, error.Code);
    }

    [Fact]
    public async Task AnyCall_PasswordAndImpersonation_AreSent()
    {
        var configuration = new KubernetesClientConfiguration
        {
            Host = "http://cluster.test",
            Username = "ann",
            Password = "secret",
            ActAs = new("bob") { Uid = "7", Groups = ["dev", "ops"], Extra = new Dictionary<string, IReadOnlyList<string>> { ["acme.com/why"] = ["test"] } },
        };
        using var client = new KubernetesClient(configuration, ApiTransport.Chain(configuration, TimeProvider.System, _server), TimeProvider.System);
        _server.Answer(ConfigMaps.Json("a", 1));

        await client.GetAsync<V1ConfigMap>("a", "ns");

        var sent = await _server.NextRequestAsync();
        Assert.Equal("Basic " + Convert.ToBase64String("ann:secret"u8), sent.Authorization);
        Assert.Equal("User bob; Uid 7; Group dev,ops; Extra-acme.com%2Fwhy test", sent.Impersonated);
    }

    [Fact]
    public async Task AnyCall_TokenFileReplaced_IsReadAgainWithinAMinute()
    {
        var time = new ManualTimeProvider();
        var file = Path.GetTempFileName();
        try
        {
            using var client = _server.Client(time, tokenFile: file);
            var sent = new List<string?>();
            foreach (var (token, wait) in new[] { ("one", 0), ("two", 30), ("three", 61) })
            {
                time.Advance(TimeSpan.FromSeconds(wait));
                await File.WriteAllTextAsync(file, token + "\n");
                _server.Answer(ConfigMaps.Json("a", 1));
                await client.GetAsync<V1ConfigMap>("a", "ns");
                sent.Add((await _server.NextRequestAsync()).Authorization);
            }

            Assert.Equal(["Bearer one", "Bearer one", "Bearer three"], sent);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task AnyCall_Answered_IsCounted()
    {
        using var metrics = new PrometheusTextExporter();
        _server.Answer(ConfigMaps.Failure(418, "Teapot", "no"), (HttpStatusCode)418);

        await Assert.ThrowsAsync<KubernetesException>(() => _client.GetAsync<V1ConfigMap>("a", "ns"));

        Assert.Contains("""rest_client_requests_total{code="418",method="GET",host="cluster.test:6443"} 1""", metrics.Write(), StringComparison.Ordinal);
    }

    private static V1ConfigMap Named => new() { Metadata = new V1ObjectMeta { Name = "a", Namespace = "ns" } };

    private static HttpResponseMessage Busy(HttpStatusCode code) =>
        new(code) { Headers = { RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromSeconds(3)) }, Content = new StringContent("busy") };
}
