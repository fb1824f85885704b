namespace Hearth.Transport.Streaming;

/// <summary>What a server says to a request.</summary>
internal enum StreamingVerdict : byte
{
    /// <summary>The request is none of this group's.</summary>
    TurnedAway = 0,

    /// <summary>The object is here.</summary>
    Found = 1,

    /// <summary>It is not.</summary>
    NotFound = 2,
}
