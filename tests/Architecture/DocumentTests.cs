using System.Text.RegularExpressions;

namespace Hearth.Architecture.Tests;

public sealed partial class DocumentTests
{
    // Spelled in pieces, so that this file does not break its own rule.
    private static readonly string[] RegistryHosts =
        ["registry." + "npmjs", "nuget" + ".org", "pypi" + ".org", "deb." + "debian", "archive." + "ubuntu"];

    private static readonly string[] BinaryFiles = [".onnx", ".pgm", ".png", ".gz"];

    [Fact]
    public void Readme_Always_FitsOnAPage() =>
        Assert.InRange(new RepositoryFile("README.md").ReadLines().Count() - 1, 20, 120);

    [Fact]
    public void Project_Always_HasAReadme() => Rule.Holds(
        "Every project under src says in its README.md what it is for",
        Repository.Projects.Select(project => $"src/{project}/README.md").Except(Repository.Files.Select(file => file.Path)));

    [Fact]
    public void Link_InADocument_LeadsToAFile() => Rule.Holds(
        "A relative link in a document leads to a file",
        from document in Documents
        from Match link in RelativeLink().Matches(document.ReadText())
        let target = Path.Combine(Repository.Root, Path.GetDirectoryName(document.Path)!, link.Groups["target"].Value)
        where !Path.Exists(target)
        select $"{document.Path}: {link.Groups["target"].Value}");

    [Fact]
    public void MakeTarget_InADocument_Exists()
    {
        var makefile = new RepositoryFile("Makefile").ReadText();
        Rule.Holds(
            "A make target named in a document is in the Makefile",
            from document in Documents
            from Match command in MakeCommand().Matches(document.ReadText())
            where !makefile.Contains($"\n{command.Groups["target"].Value}:", StringComparison.Ordinal)
            select $"{document.Path}: {command.Value}");
    }

    [Fact]
    public void Files_Always_AreFreeOfMachinePathsAndRegistryHosts() => Rule.Holds(
        "No file names a folder of one machine or the host of a package registry",
        Repository.Files
            .Where(file => !BinaryFiles.Contains(Path.GetExtension(file.Path)))
            .SelectMany(file => file.Offences(line =>
                MachinePath().IsMatch(line) || Array.Exists(RegistryHosts, host => line.Contains(host, StringComparison.OrdinalIgnoreCase)))));

    private static IEnumerable<RepositoryFile> Documents =>
        Repository.Files.Where(file => file.Path.EndsWith(".md", StringComparison.Ordinal));

    [GeneratedRegex(@"\]\((?<target>(?![a-z]+:)[^)#\s]+)")]
    private static partial Regex RelativeLink();

    [GeneratedRegex(@"`make (?<target>[a-z-]+)")]
    private static partial Regex MakeCommand();

    [GeneratedRegex(@"(?<![\w.}-])/(?:work|root|home)/")]
    private static partial Regex MachinePath();
}
