namespace Hearth.Training;

/// <summary>What a training's seed is used for; each has numbers of its own.</summary>
internal static class SeedPurpose
{
    /// <summary>First values of the parameters.</summary>
    public const ulong Parameters = 0;

    /// <summary>Order of the examples in the first epoch; each later epoch has the next number.</summary>
    public const ulong Order = 1;
}
