using System.Globalization;

namespace Hearth.Federation.Tree;

/// <summary>Names of objects in the memory of a node.</summary>
internal static class SumNames
{
    /// <summary>An update. The same update of the same client has the same name, whoever received it and how often.</summary>
    public static string Update(int round, HeldUpdate update) =>
        string.Create(CultureInfo.InvariantCulture, $"{Prefix(round)}update-{update.Digest[..16]}-{update.Client}");

    /// <summary>The sums of an owner's own updates.</summary>
    public static string Sums(int round) => $"{Prefix(round)}sums";

    /// <summary>The sums of another owner's updates, which could not finish them.</summary>
    public static string SumsOf(int round, string owner) => $"{Prefix(round)}sums-of-{owner}";

    /// <summary>What every name of a round begins with.</summary>
    public static string Prefix(int round) => string.Create(CultureInfo.InvariantCulture, $"r{round}-");
}
