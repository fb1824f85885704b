namespace Hearth.Transport.Collectives;

/// <summary>Operations of a ring.</summary>
internal enum RingMessageKind
{
    Sum = 0x4D55_5352,
    Broadcast = 0x5443_5342,
}
