using Hearth.Gateway.Functions;
using Hearth.Policies.Pods;

namespace Hearth.Gateway;

/// <summary>Options of a gateway.</summary>
public sealed record GatewayOptions
{
    /// <summary>Where callers are served; port 0 takes a free one. Defaults to <c>http://127.0.0.1:3500</c>, Dapr's address.</summary>
    public string Listen { get; init; } = "http://127.0.0.1:3500";

    /// <summary>Where health, metrics and load are served; port 0 takes a free one. Defaults to <c>http://127.0.0.1:8081</c>.</summary>
    public string OperationsListen { get; init; } = "http://127.0.0.1:8081";

    /// <summary>Host under which other parts reach this gateway. Defaults to the host of the listening address.</summary>
    public string? AdvertisedHost { get; init; }

    /// <summary>
    /// URL under which callers reach the gateways, for example that of their Service; it is told in the status of functions. Defaults to this gateway's own.
    /// </summary>
    public string? AdvertisedUrl { get; init; }

    /// <summary>Identity of this process among its replicas. Defaults to the machine's name and a process id.</summary>
    public string Identity { get; init; } = $"{Environment.MachineName}-{Environment.ProcessId}";

    /// <summary>Zone of this gateway's node; workers there are preferred among those whose nodes hold the artifact alike. Defaults to null, not known.</summary>
    public string? Zone { get; init; }

    /// <summary>Namespace to watch; null for all. Defaults to null.</summary>
    public string? Namespace { get; init; }

    /// <summary>Namespace of functions that callers name without one. Defaults to <c>default</c>.</summary>
    public string DefaultNamespace { get; init; } = "default";

    /// <summary>Namespace of the lease by which the operator finds this gateway. Defaults to <c>hearth-system</c>.</summary>
    public string LeaseNamespace { get; init; } = "hearth-system";

    /// <summary>What the administrator decides about pods made for a pool miss.</summary>
    public WorkerPodOptions WorkerPods { get; init; } = new();

    /// <summary>Requests that wait for one function at most; more get 429. Defaults to 1000.</summary>
    public int MaxQueuedPerFunction { get; init; } = 1000;

    /// <summary>
    /// Bytes that the waiting requests of all functions hold at most, shared fairly between the functions; more get 503. Defaults to 256 MiB: 16,000 requests without
    /// a body.
    /// </summary>
    public long MaxWaitingBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>Bytes of a body that can be sent again when a worker cannot be reached. Defaults to 64 KiB.</summary>
    public int ReplayBytes { get; init; } = 64 * 1024;

    /// <summary>Largest request body in bytes. Defaults to 128 MiB.</summary>
    public long MaxBodyBytes { get; init; } = 128L * 1024 * 1024;

    /// <summary>Largest request body of a federation's client in bytes: a model's weights. Defaults to 1 GiB.</summary>
    public long MaxUpdateBytes { get; init; } = 1024L * 1024 * 1024;

    /// <summary>Longest time of a request of a federation's client, from its arrival to the end of its answer. Defaults to 30 minutes.</summary>
    public TimeSpan FederationTimeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How long a request of a federation's client waits for an aggregator. Defaults to 10 seconds.</summary>
    public TimeSpan AggregatorPatience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>When set, requests must carry it in the header <c>dapr-api-token</c>. Defaults to null.</summary>
    public string? DaprApiToken { get; init; }

    /// <summary>Refuses values that cannot work, all of them at once.</summary>
    /// <exception cref="ArgumentException">Names every fault.</exception>
    internal void Validate()
    {
        var faults = new List<string>();
        ListenAddress.Parse(Listen);
        ListenAddress.Parse(OperationsListen);
        if (AdvertisedUrl is { } url && !(Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
            faults.Add($"AdvertisedUrl is \"{url}\": expected http:// or https:// and a host");
        if (Identity.Length == 0)
            faults.Add("Identity is empty: give each replica its own");
        if (MaxQueuedPerFunction < 1)
            faults.Add($"MaxQueuedPerFunction is {MaxQueuedPerFunction}: expected at least 1, for a cold function's first caller waits too");
        if (MaxWaitingBytes < CallTerms.HeadBytes + CallTerms.MaxBodyBytes)
            faults.Add($"MaxWaitingBytes is {MaxWaitingBytes}: expected at least {CallTerms.HeadBytes + CallTerms.MaxBodyBytes}, what one request may hold");
        if (ReplayBytes < 0)
            faults.Add($"ReplayBytes is {ReplayBytes}: expected 0 or more");
        if (MaxBodyBytes < 0)
            faults.Add($"MaxBodyBytes is {MaxBodyBytes}: expected 0 or more");
        if (MaxUpdateBytes < 0)
            faults.Add($"MaxUpdateBytes is {MaxUpdateBytes}: expected 0 or more");
        if (FederationTimeout <= TimeSpan.Zero)
            faults.Add($"FederationTimeout is {FederationTimeout}: expected more than 0");
        if (AggregatorPatience < TimeSpan.Zero)
            faults.Add($"AggregatorPatience is {AggregatorPatience}: expected 0 or more");
        if (faults.Count > 0)
            throw new ArgumentException($"The gateway's options are not valid: {string.Join("; ", faults)}.");
    }
}
