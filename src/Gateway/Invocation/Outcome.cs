namespace Hearth.Gateway.Invocation;

/// <summary>How an invocation ended. <see cref="OutcomeTable"/> says what the caller gets.</summary>
internal enum Outcome
{
    /// <summary>The function answered; its status, headers and body went to the caller unchanged.</summary>
    Answered,

    /// <summary>Neither URL nor header name a function.</summary>
    NoTarget,

    /// <summary>The name has more than one dot, or an empty part.</summary>
    InvalidTarget,

    /// <summary>Dapr's URL names a function but no method.</summary>
    NoMethod,

    /// <summary>A header that says how long the caller waits, or how its request ranks, cannot be read.</summary>
    InvalidTerms,

    /// <summary>The token of Dapr's API is configured, or the federation's clients have tokens, and the request carries none that counts.</summary>
    Unauthorized,

    /// <summary>No such InferenceFunction.</summary>
    FunctionNotFound,

    /// <summary>The caller names a revision that is not in the function's history.</summary>
    RevisionNotFound,

    /// <summary>The function's WorkerPool does not exist.</summary>
    PoolNotFound,

    /// <summary>The user suspended the function.</summary>
    Suspended,

    /// <summary>As many requests wait for the function as may.</summary>
    QueueFull,

    /// <summary>The queue is too long, or the cold start takes too long, for the request to be answered in time.</summary>
    DeadlineUnreachable,

    /// <summary>The requests that wait for all functions fill the gateway, and this function has its fair share of the room.</summary>
    GatewayFull,

    /// <summary>No worker could be made to serve the function.</summary>
    ActivationFailed,

    /// <summary>The function's timeout passed before its answer began.</summary>
    Timeout,

    /// <summary>The worker could not be reached, or broke off before its answer began.</summary>
    WorkerFailed,

    /// <summary>The worker broke off, or the timeout passed, within the answer. The caller's connection is cut.</summary>
    AnswerBroken,

    /// <summary>The body is larger than the gateway takes.</summary>
    BodyTooLarge,

    /// <summary>The body breaks HTTP's rules.</summary>
    InvalidBody,

    /// <summary>The caller went away.</summary>
    CallerGone,

    /// <summary>No such FederatedAggregation.</summary>
    FederationNotFound,

    /// <summary>The user suspended the federation.</summary>
    FederationSuspended,

    /// <summary>The federation has published all its rounds, and its aggregator is gone.</summary>
    FederationFinished,

    /// <summary>The federation has failed: its spec must change.</summary>
    FederationFailed,

    /// <summary>No aggregator answers for the federation now, or it was lost with a body that cannot be sent again.</summary>
    NoAggregator,

    /// <summary>A federation's clients have nothing at that path.</summary>
    NoRoute,

    /// <summary>The token is another client's than the request is about.</summary>
    OtherClient,

    /// <summary>The Secret with the tokens of a federation's clients is not there.</summary>
    TokensUnavailable,

    /// <summary>The client has as much under way as its quota allows, or all clients as much as the gateway takes in.</summary>
    QuotaExceeded,

    /// <summary>The body came slower than a federation's client may send.</summary>
    BodyTooSlow,

    /// <summary>A fault of the gateway itself.</summary>
    InternalError,
}
