namespace Hearth.Training;

/// <summary>SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): the same numbers for a seed on every machine and version of .NET, which <see cref="Random"/> does not promise.</summary>
/// <param name="seed">Where the sequence begins.</param>
internal sealed class SplitMix(ulong seed)
{
    private const ulong Step = 0x9E37_79B9_7F4A_7C15;

    private ulong _state = seed;

    /// <summary>A sequence of its own for each of a seed's numbered purposes.</summary>
    public SplitMix(ulong seed, ulong purpose)
        : this(Mix(seed + Step) ^ Mix(purpose + 1))
    {
    }

    /// <summary>A number from [0, 1).</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A whole number from [0, <paramref name="bound"/>). Its bias, bound / 2⁶⁴, shows in no experiment.</summary>
    public int Next(int bound) => (int)Math.BigMul(Next(), (ulong)bound, out _);

    /// <summary>Brings the items into random order (Fisher and Yates).</summary>
    public void Shuffle(Span<int> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var other = Next(i + 1);
            (items[i], items[other]) = (items[other], items[i]);
        }
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return z ^ (z >> 31);
    }

    private ulong Next()
    {
        _state += Step;
        return Mix(_state);
    }
}
