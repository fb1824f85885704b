namespace Hearth.Cli.Tests;

/// <summary>Waits for what other processes write.</summary>
internal static class Files
{
    private static readonly TimeSpan Generous = TimeSpan.FromSeconds(60);

    /// <summary>Completes once the file holds the text.</summary>
    public static Task WaitForTextAsync(string path, string text) =>
        Wait.UntilAsync(() => File.Exists(path) && File.ReadAllText(path).Contains(text, StringComparison.Ordinal), $"\"{text}\" in {path}", Generous);
}
