namespace Hearth.Transport.Shares;

/// <summary>Names in a share, which are names of files.</summary>
internal static class ShareNames
{
    /// <summary>Most characters of a name; a file's has 255, with what a draft's begins with.</summary>
    public const int MaxLength = 200;

    /// <summary>Mode of a file that its owner may write.</summary>
    public const int DraftMode = 0b110_100_000;

    /// <summary>Mode of a file that nobody may write.</summary>
    public const int SealedMode = 0b100_100_000;

    public const string Owner = ".owner";
    public const string Draft = ".draft-";
    public const string Retired = ".retired-";
    public const string Bell = ".bell";
    public const string Queue = ".queue";
    public const string BudgetLock = ".budget";
    public const string OwnersLock = ".owners";

    /// <summary>Throws unless the name is one: letters, digits, <c>-</c>, <c>_</c> and <c>.</c>, which is not the first.</summary>
    public static void Check(string what, string name)
    {
        if (!IsName(name))
        {
            var shown = name.Length > MaxLength ? name[..MaxLength] + "…" : name;
            throw new ShareException(
                ShareFault.BadName,
                $"\"{shown}\" cannot name {what}: expected 1 to {MaxLength} ASCII letters, digits, '-', '_' and '.', the first not '.'.");
        }
    }

    /// <summary>Whether a name is one.</summary>
    public static bool IsName(string name) => name.Length is > 0 and <= MaxLength && name[0] != '.' && name.All(IsAllowed);

    private static bool IsAllowed(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.';
}
