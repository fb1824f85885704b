using Hearth.Gateway.Forwarding;
using Microsoft.AspNetCore.Http;

namespace Hearth.Gateway.Invocation;

/// <summary>Whether an attempt is repeated on another worker. Pure.</summary>
internal static class RetryPolicy
{
    // Workers that fail are passed over for up to a second each time, so eight dials outlast the restart of a worker.
    private const int MaxDials = 8;

    // The worker may have begun: repeating is allowed for these methods, but each time it can do harm that nobody asked for.
    private const int MaxBroken = 3;

    /// <summary>Whether to try again.</summary>
    /// <param name="status">How the attempt ended.</param>
    /// <param name="method">Method of the request.</param>
    /// <param name="canReplay">Whether the body can be sent from its start.</param>
    /// <param name="attempt">Number of the attempt, from 1.</param>
    public static bool ShouldRetry(ForwardStatus status, string method, bool canReplay, int attempt) => canReplay && status switch
    {
        // Not started, whatever the method; the deadline bounds it.
        ForwardStatus.Refused => true,
        ForwardStatus.DialFailed => attempt < MaxDials,
        ForwardStatus.Broken => attempt < MaxBroken && IsIdempotent(method),
        _ => false,
    };

    private static bool IsIdempotent(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsPut(method) || HttpMethods.IsDelete(method)
        || HttpMethods.IsOptions(method) || HttpMethods.IsTrace(method);
}
