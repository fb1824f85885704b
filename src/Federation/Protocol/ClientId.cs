using System.Text.RegularExpressions;

namespace Hearth.Federation.Protocol;

/// <summary>What can be a client's id: a file and a path may be named for it.</summary>
public static partial class ClientId
{
    /// <summary>What is expected, for messages.</summary>
    public const string Expected = "1 to 63 letters, digits, '.', '_' or '-', the first a letter or digit";

    /// <summary>Whether it is one.</summary>
    public static bool IsValid(string? id) => id is not null && Pattern().IsMatch(id);

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,62}\z")]
    private static partial Regex Pattern();
}
