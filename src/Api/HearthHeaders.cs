namespace Hearth.Api;

/// <summary>HTTP headers of Hearth's own.</summary>
public static class HearthHeaders
{
    /// <summary>Answer of the gateway to a request that waited for a worker: <c>pool</c> or <c>create</c>.</summary>
    public const string ColdStart = "Hearth-Cold-Start";

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
