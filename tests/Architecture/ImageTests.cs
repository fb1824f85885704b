namespace Hearth.Architecture.Tests;

/// <summary>What can be known about the Dockerfile without a container engine.</summary>
public sealed class ImageTests
{
    private static readonly RepositoryFile Dockerfile = new("Dockerfile");

    [Fact]
    public void Dockerfile_Always_RestoresFromEveryProjectFile()
    {
        var text = Dockerfile.ReadText();
        Rule.Holds(
            "The Dockerfile's restore layer copies every project file under src",
            Repository.Projects.Where(project => !text.Contains($"COPY src/{project}/*.csproj src/{project}/\n", StringComparison.Ordinal)));
    }

    [Fact]
    public void Dockerfile_Always_CopiesWhatExistsAndTheContextHolds()
    {
        var context = new RepositoryFile(".dockerignore").ReadLines().Select(line => line.Text).Where(line => line.StartsWith('!')).Select(line => line[1..]).ToList();
        Rule.Holds(
            "What the Dockerfile copies exists and .dockerignore lets it in",
            from line in Dockerfile.ReadLines()
            where line.Text.StartsWith("COPY ", StringComparison.Ordinal) && !line.Text.Contains("--from=", StringComparison.Ordinal)
            from source in line.Text.Split(' ')[1..^1]
            where !Exists(source) || !context.Contains(source.Split('/')[0])
            select $"Dockerfile:{line.Number}: {source}");
    }

    private static bool Exists(string source)
    {
        var path = Path.Combine(Repository.Root, source);
        return source.Contains('*', StringComparison.Ordinal)
            ? Directory.EnumerateFiles(Path.GetDirectoryName(path)!, Path.GetFileName(path)).Any()
            : Path.Exists(path);
    }
}
