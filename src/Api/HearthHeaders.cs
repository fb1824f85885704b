namespace Hearth.Api;

/// <summary>HTTP headers of Hearth's own.</summary>
public static class HearthHeaders
{
    /// <summary>Answer of the gateway to a request that waited for a worker: <c>pool</c> or <c>create</c>.</summary>
    public const string ColdStart = "Hearth-Cold-Start";

    /// <summary>
    /// Caller to gateway: how long it waits for the end of the answer, for example <c>250ms</c>; the function's timeout when that is shorter. A request that cannot be
    /// answered in time is refused at once.
    /// </summary>
    public const string Timeout = "Hearth-Timeout";

    /// <summary>Caller to gateway: <c>high</c>, <c>normal</c> (as without it) or <c>low</c>, how the request ranks among those that wait for the same function.</summary>
    public const string Priority = "Hearth-Priority";

    /// <summary>Answer of the gateway: name of the function that answered in the place of the one that was asked for (<c>spec.fallback</c>).</summary>
    public const string Fallback = "Hearth-Fallback";

    /// <summary>Gateway to worker: id of the assignment the request is meant for.</summary>
    public const string Assignment = "Hearth-Assignment";

    /// <summary>
    /// Caller to gateway: name of the revision that is to answer, whatever the traffic's split; 404 when it is not in the history. Gateway to caller, where a function's
    /// traffic is split or the request named one: the revision that answered.
    /// </summary>
    public const string Revision = "Hearth-Revision";

    /// <summary>
    /// Worker to gateway, with status 503: the request was not started and may be sent elsewhere. The value is a member of
    /// <see cref="Workers.RefusalReason"/> in lower case.
    /// </summary>
    public const string Refused = "Hearth-Refused";

    /// <summary>Dapr's header that names the function when the URL does not.</summary>
    public const string DaprAppId = "dapr-app-id";

    /// <summary>Dapr's shared secret between sidecar and app.</summary>
    public const string DaprApiToken = "dapr-api-token";
}
