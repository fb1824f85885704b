namespace Hearth.Gateway.Forwarding;

/// <summary>Where the body of an answer ends (RFC 9112, section 6.3).</summary>
internal enum AnswerFraming
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>After the bytes that Content-Length says.</summary>
    Length,

    /// <summary>After the last chunk and the trailers.</summary>
    Chunked,

    /// <summary>When the worker closes the connection.</summary>
    UntilClose,
}
