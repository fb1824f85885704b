using System.Net;
using System.Text.Json.Nodes;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Events;
using Hearth.Kubernetes.Tests.Client;
using Hearth.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hearth.Kubernetes.Tests.Events;

public sealed class EventRecorderTests : IDisposable
{
    private static readonly V1ConfigMap Subject = new()
    {
        ApiVersion = "v1",
        Kind = "ConfigMap",
        Metadata = new V1ObjectMeta { Name = "a", Namespace = "ns", Uid = "u" },
    };

    private readonly ManualTimeProvider _time = new();
    private readonly ScriptedServer _server = new();
    private readonly KubernetesClient _client;
    private readonly EventRecorder _events;

    public EventRecorderTests()
    {
        _client = _server.Client(_time);
        _events = new EventRecorder(_client, "hearth-operator", "me", _time, NullLogger.Instance);
    }

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task PublishAsync_NewEvent_IsCreatedInTheObjectsNamespace()
    {
        await PublishNewAsync("Scaled");

        var sent = await _server.NextRequestAsync();
        Assert.StartsWith("/api/v1/namespaces/ns/events", sent.PathAndQuery, StringComparison.Ordinal);
        var body = JsonNode.Parse(sent.Body!)!;
        Assert.Equal(("a", "ConfigMap", "u"), ((string?)body["involvedObject"]!["name"], (string?)body["involvedObject"]!["kind"], (string?)body["involvedObject"]!["uid"]));
        Assert.Equal(("Scaled", "Warning", 1), ((string?)body["reason"], (string?)body["type"], (int?)body["count"]));
        Assert.Equal("hearth-operator", (string?)body["source"]!["component"]);
    }

    [Fact]
    public async Task PublishAsync_SameWithinTenMinutes_RaisesTheCount()
    {
        await PublishNewAsync("Scaled");
        await _server.NextRequestAsync();
        _time.Advance(TimeSpan.FromMinutes(9));
        _server.Answer(ConfigMaps.Json("a.1", 2));

        await PublishAsync("Scaled");

        var sent = await _server.NextRequestAsync();
        Assert.Equal(("PATCH", """{"count":2,"lastTimestamp":"2026-01-01T00:09:00Z"}"""), (sent.Method, sent.Body));
    }

    [Fact]
    public async Task PublishAsync_SameAfterTenMinutes_IsANewEvent()
    {
        await PublishNewAsync("Scaled");
        await _server.NextRequestAsync();
        _time.Advance(TimeSpan.FromMinutes(11));

        await PublishNewAsync("Scaled");

        Assert.Equal("POST", (await _server.NextRequestAsync()).Method);
    }

    [Fact]
    public async Task PublishAsync_ServerForgotTheEvent_CreatesItAnew()
    {
        await PublishNewAsync("Scaled");
        await _server.NextRequestAsync();
        _server.Answer(ConfigMaps.Failure(404, "NotFound", "gone", """{"name":"a.1"}"""), HttpStatusCode.NotFound);

        await PublishNewAsync("Scaled");

        Assert.Equal("PATCH", (await _server.NextRequestAsync()).Method);
        Assert.Equal("POST", (await _server.NextRequestAsync()).Method);
    }

    [Fact]
    public async Task PublishAsync_ServerRefuses_DoesNotThrow()
    {
        _server.Answer(ConfigMaps.Failure(403, "Forbidden", "no"), HttpStatusCode.Forbidden);

        await PublishAsync("Scaled");
    }

    [Fact]
    public async Task PublishAsync_ServerHangs_GivesUpAfterTwoSeconds()
    {
        var publishing = PublishAsync("Scaled");
        await _server.NextRequestAsync();

        _time.Advance(TimeSpan.FromSeconds(2));

        await publishing.WaitAsync(TimeSpan.FromSeconds(30));
    }

    private Task PublishNewAsync(string reason)
    {
        _server.Answer("""{"metadata":{"name":"a.1","namespace":"ns"},"involvedObject":{}}""", HttpStatusCode.Created);
        return PublishAsync(reason);
    }

    private Task PublishAsync(string reason) => _events.PublishAsync(Subject, reason, "a sentence", warning: true, CancellationToken.None);
}
