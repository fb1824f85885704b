namespace Hearth.Architecture.Tests;

/// <summary>A file, by its path relative to the repository's root.</summary>
internal sealed record RepositoryFile(string Path)
{
    /// <summary>Name without the folder.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>The whole text.</summary>
    public string ReadText() => File.ReadAllText(System.IO.Path.Combine(Repository.Root, Path));

    /// <summary>The text's lines with their numbers.</summary>
    public IEnumerable<(int Number, string Text)> ReadLines() => ReadText().Split('\n').Select((text, i) => (i + 1, text));

    /// <summary>One line <c>path:number: text</c> for each line that <paramref name="isOffence"/> holds for.</summary>
    public IEnumerable<string> Offences(Func<string, bool> isOffence) =>
        ReadLines().Where(line => isOffence(line.Text)).Select(line => $"{Path}:{line.Number}: {line.Text.Trim()}");
}
