namespace Hearth.Gateway.Invocation;

/// <summary>What the caller gets for each <see cref="Outcome"/>: the one place where statuses and error codes are chosen.</summary>
internal static class OutcomeTable
{
    /// <summary>Dapr's code for an invocation that failed before it reached the callee.</summary>
    public const string DirectInvoke = "ERR_DIRECT_INVOKE";

    /// <summary>Status, Dapr error code and whether the caller is told when to come back.</summary>
    public static (int Status, string ErrorCode, bool RetryAfter) For(Outcome outcome) => outcome switch
    {
        Outcome.NoTarget or Outcome.FunctionNotFound or Outcome.RevisionNotFound or Outcome.PoolNotFound => (404, DirectInvoke, false),
        Outcome.InvalidTarget or Outcome.NoMethod or Outcome.InvalidTerms or Outcome.InvalidBody => (400, DirectInvoke, false),
        Outcome.Unauthorized => (401, "ERR_UNAUTHORIZED", false),
        Outcome.Suspended => (409, "ERR_FUNCTION_SUSPENDED", false),
        Outcome.QueueFull => (429, "ERR_OVERLOADED", true),
        Outcome.DeadlineUnreachable or Outcome.GatewayFull => (503, "ERR_OVERLOADED", true),
        Outcome.ActivationFailed => (502, "ERR_ACTIVATION_FAILED", false),
        Outcome.Timeout => (504, "ERR_TIMEOUT", false),
        Outcome.WorkerFailed => (502, DirectInvoke, false),
        Outcome.BodyTooLarge => (413, "ERR_BODY_TOO_LARGE", false),
        Outcome.FederationNotFound => (404, "ERR_FEDERATION_NOT_FOUND", false),
        Outcome.FederationSuspended => (409, "ERR_FEDERATION_SUSPENDED", false),
        Outcome.FederationFinished => (410, "ERR_FEDERATION_FINISHED", false),
        Outcome.FederationFailed => (503, "ERR_FEDERATION_FAILED", true),
        Outcome.NoAggregator => (503, "ERR_FEDERATION_UNAVAILABLE", true),
        Outcome.NoRoute => (404, "ERR_FEDERATION_ROUTE", false),
        Outcome.OtherClient => (403, "ERR_FEDERATION_OTHER_CLIENT", false),
        Outcome.TokensUnavailable => (503, "ERR_FEDERATION_UNAVAILABLE", true),
        Outcome.QuotaExceeded => (429, "ERR_FEDERATION_QUOTA", true),
        Outcome.BodyTooSlow => (408, "ERR_TIMEOUT", false),
        Outcome.InternalError => (500, DirectInvoke, false),
        // These three are never written as an error: the answer is the callee's, or nobody is there to read one.
        Outcome.Answered => (200, "", false),
        Outcome.AnswerBroken => (502, DirectInvoke, false),
        Outcome.CallerGone => (499, "", false),
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "Give the new outcome a row in this table."),
    };
}
