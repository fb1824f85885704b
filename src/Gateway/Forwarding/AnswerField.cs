namespace Hearth.Gateway.Forwarding;

/// <summary>Headers of an answer that the gateway itself reads.</summary>
internal enum AnswerField
{
    /// <summary>Any other: passed on.</summary>
    Other,

    /// <summary><c>Content-Length</c>.</summary>
    ContentLength,

    /// <summary><c>Transfer-Encoding</c>.</summary>
    TransferEncoding,

    /// <summary><c>Connection</c>.</summary>
    Connection,

    /// <summary><c>Upgrade</c>.</summary>
    Upgrade,

    /// <summary><see cref="Api.HearthHeaders.Refused"/>.</summary>
    Refused,

    /// <summary>Belongs to the connection: dropped.</summary>
    HopByHop,
}
