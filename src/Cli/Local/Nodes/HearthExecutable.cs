namespace Hearth.Cli.Local.Nodes;

/// <summary>How this program starts itself again.</summary>
internal static class HearthExecutable
{
    private const string Name = "hearth";

    /// <summary>The program, or the .NET host and the program's assembly when the host runs it (<c>dotnet hearth.dll</c>, tests).</summary>
    public static IReadOnlyList<string> Command { get; } = Find();

    private static string[] Find()
    {
        var self = Environment.ProcessPath ?? Name;
        var assembly = Path.Combine(AppContext.BaseDirectory, Name + ".dll");
        return Path.GetFileNameWithoutExtension(self) == "dotnet" ? [self, assembly] : [self];
    }
}
