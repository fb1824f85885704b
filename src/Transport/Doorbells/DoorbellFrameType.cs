namespace Hearth.Transport.Doorbells;

/// <summary>Types of frames.</summary>
internal enum DoorbellFrameType : byte
{
    /// <summary>The answer to a hello: the kind is the number of credits.</summary>
    Welcome = 1,

    /// <summary>There is an object.</summary>
    Ring = 2,

    /// <summary>It was dealt with; gives the credit back.</summary>
    Answer = 3,
}
