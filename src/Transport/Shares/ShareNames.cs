namespace Hearth.Transport.Shares;

/// <summary>Names in a share, which are names of files.</summary>
internal static class ShareNames
{
    /// <summary>Most characters of a name; a file's has 255, with what a draft's begins with.</summary>
    public const int MaxLength = 200;

    public const string Owner = ".owner";
    public const string Draft = ".draft-";
    public const string Retired = ".retired-";
    public const string Queue = ".queue";
    public const string BudgetLock = ".budget";
    public const string OwnersLock = ".owners";

    /// <summary>Throws unless the name is one: letters, digits, <c>-</c>, <c>_</c> and <c>.</c>, which is not the first.</summary>
    public static void Check(string what, string name)
    {
        if (name.Length is 0 or > MaxLength || name[0] == '.' || !name.All(IsAllowed))
        {
            var shown = name.Length > MaxLength ? name[..MaxLength] + "…" : name;
            throw new ShareException(
                ShareFault.BadName,
                $"\"{shown}\" cannot name {what}: expected 1 to {MaxLength} ASCII letters, digits, '-', '_' and '.', the first not '.'.");
        }
    }

    private static bool IsAllowed(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.';
}
