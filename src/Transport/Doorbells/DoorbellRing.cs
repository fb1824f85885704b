using Hearth.Transport.Shares;

namespace Hearth.Transport.Doorbells;

/// <summary>One neighbour tells another of an object.</summary>
/// <param name="Sequence">Number of the ring on its line, from 1.</param>
/// <param name="Kind">What it is about; the two agree on it.</param>
/// <param name="Entry">The object; its owner is who rings.</param>
public sealed record DoorbellRing(long Sequence, ushort Kind, ShareEntry Entry);
