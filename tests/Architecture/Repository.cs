namespace Hearth.Architecture.Tests;

/// <summary>The files of this repository, by paths relative to its root.</summary>
internal static class Repository
{
    private static readonly string[] NotOurs = [".git", "bin", "obj", "artifacts", "TestResults", "node_modules", "__pycache__"];

    /// <summary>The folder that holds <c>Operator.sln</c>.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Names of the folders under <c>src</c>.</summary>
    public static IReadOnlyList<string> Projects { get; } =
        [.. Directory.EnumerateDirectories(Path.Combine(Root, "src")).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    /// <summary>Every file that is not a product of a build.</summary>
    public static IReadOnlyList<RepositoryFile> Files { get; } = [.. Walk(Root).OrderBy(file => file.Path, StringComparer.Ordinal)];

    /// <summary>Every C# file of the products.</summary>
    public static IEnumerable<RepositoryFile> Sources =>
        Files.Where(file => file.Path.StartsWith("src/", StringComparison.Ordinal) && file.Path.EndsWith(".cs", StringComparison.Ordinal));

    private static IEnumerable<RepositoryFile> Walk(string directory)
    {
        foreach (var path in Directory.EnumerateFiles(directory).Where(IsOurs))
            yield return new(Path.GetRelativePath(Root, path));
        foreach (var child in Directory.EnumerateDirectories(directory).Where(IsOurs))
        {
            foreach (var file in Walk(child))
                yield return file;
        }
    }

    private static bool IsOurs(string path) => !NotOurs.Contains(Path.GetFileName(path));

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Operator.sln")))
            directory = directory.Parent ?? throw new InvalidOperationException($"no Operator.sln above '{AppContext.BaseDirectory}'");
        return directory.FullName;
    }
}
