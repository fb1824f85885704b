using System.Net;
using System.Text.Json.Nodes;
using Hearth.Api.Core;
using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Configuration;

namespace Hearth.Kubernetes.Tests.Client;

/// <summary>An API server of one lease and one config map: optimistic concurrency, and it can be cut off.</summary>
internal sealed class LeaseServer : HttpMessageHandler
{
    private readonly Lock _lock = new();
    private JsonObject? _lease;
    private int _version;

    public bool IsDown { get; set; }

    public string? Holder => (string?)_lease?["spec"]?["holderIdentity"];

    public int? Transitions => (int?)_lease?["spec"]?["leaseTransitions"];

    public KubernetesClient Client(TimeProvider time) => new(new KubernetesClientConfiguration { Host = "http://leases.test" }, this, time);

    /// <summary>Another process writes the lease.</summary>
    public void Take(string holder)
    {
        lock (_lock)
        {
            _lease!["spec"]!["holderIdentity"] = holder;
            _lease["metadata"]!["resourceVersion"] = $"{++_version}";
        }
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (IsDown)
            throw new HttpRequestException("connection refused");
        if (!request.RequestUri!.AbsolutePath.Contains(V1Lease.Definition.Plural, StringComparison.Ordinal))
            return await OtherAsync(request, cancellationToken);
        var sent = request.Content is null ? null : JsonNode.Parse(await request.Content.ReadAsStringAsync(cancellationToken))!.AsObject();
        lock (_lock)
            return Handle(request.Method, sent);
    }

    // Every other kind: a list of one, and a watch in which nothing happens.
    private static async Task<HttpResponseMessage> OtherAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        if (request.RequestUri!.Query.Contains("watch=true", StringComparison.Ordinal))
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancel);
        return new HttpResponseMessage { Content = new StringContent(ConfigMaps.List(1, ConfigMaps.Json("a", 1))) };
    }

    private HttpResponseMessage Handle(HttpMethod method, JsonObject? sent)
    {
        if (method == HttpMethod.Get)
            return _lease is null ? Failure(404, "NotFound") : Stored();
        if (method == HttpMethod.Post && _lease is not null)
            return Failure(409, "AlreadyExists");
        if (method == HttpMethod.Put && (string?)sent!["metadata"]!["resourceVersion"] != (string?)_lease!["metadata"]!["resourceVersion"])
            return Failure(409, "Conflict");
        _lease = sent!;
        _lease["metadata"]!["resourceVersion"] = $"{++_version}";
        return Stored();
    }

    private HttpResponseMessage Stored() => new() { Content = new StringContent(_lease!.ToJsonString()) };

    private static HttpResponseMessage Failure(int code, string reason) =>
        new((HttpStatusCode)code) { Content = new StringContent(ConfigMaps.Failure(code, reason, reason, """{"name":"lease"}""")) };
}
