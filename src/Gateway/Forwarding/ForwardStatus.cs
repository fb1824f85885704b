namespace Hearth.Gateway.Forwarding;

/// <summary>How far one attempt to forward a request came.</summary>
internal enum ForwardStatus
{
    /// <summary>The worker's whole answer went to the caller.</summary>
    Answered,

    /// <summary>The worker said that it did not start the request.</summary>
    Refused,

    /// <summary>No connection to the worker could be made, so the request was not sent.</summary>
    DialFailed,

    /// <summary>The connection broke before the answer began; the worker may have started the request.</summary>
    Broken,

    /// <summary>The worker's answer breaks HTTP's rules, so nothing of it was passed on.</summary>
    InvalidAnswer,

    /// <summary>The connection broke after the answer began; the caller's connection was cut, so that it cannot take a part for the whole.</summary>
    AnswerBroken,

    /// <summary>The caller's body could not be read: too large, malformed, or the caller left.</summary>
    BodyFailed,

    /// <summary>The deadline passed or the caller left.</summary>
    Cancelled,
}
