using System.Xml.Linq;

namespace Hearth.Architecture.Tests;

public sealed class ReferenceTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Api"] = [],
        ["Compute"] = [],
        ["Kubernetes"] = ["Api"],
        ["Policies"] = ["Api"],
        ["Activation"] = ["Api", "Kubernetes", "Policies"],
        ["Transport"] = ["Compute"],
        ["Federation"] = ["Api", "Compute", "Transport"],
        ["Training"] = ["Compute", "Transport"],
        ["Worker"] = ["Api", "Compute", "Transport", "Federation", "Training"],
        ["Gateway"] = ["Api", "Kubernetes", "Policies", "Activation"],
        ["Operator"] = ["Api", "Kubernetes", "Policies", "Activation"],
        ["Cli"] = ["Api", "Compute", "Kubernetes", "Policies", "Activation", "Transport", "Federation", "Training", "Worker", "Gateway", "Operator"],
    };

    public static TheoryData<string> Projects => [.. Repository.Projects];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Project_Always_ReferencesOnlyWhatItsLayerAllows(string project)
    {
        Assert.True(Allowed.TryGetValue(project, out var allowed), $"src/{project} has no row in the table of allowed references");
        Rule.Holds($"src/{project} may reference {(allowed.Length == 0 ? "nothing" : string.Join(", ", allowed))}", References(project).Except(allowed));
    }

    [Fact]
    public void AllowedReferences_Always_NameExistingProjects() =>
        Rule.Holds("The table of allowed references names projects under src", Allowed.Keys.Except(Repository.Projects));

    [Fact]
    public void Solution_Always_HoldsEveryProject()
    {
        var solution = File.ReadAllText(Path.Combine(Repository.Root, "Operator.sln")).Replace('\\', '/');
        Rule.Holds(
            "Every project is in Operator.sln",
            Repository.Files.Select(file => file.Path)
                .Where(path => path.EndsWith(".csproj", StringComparison.Ordinal) && !solution.Contains($"\"{path}\"", StringComparison.Ordinal)));
    }

    private static IEnumerable<string> References(string project)
    {
        var path = Path.Combine(Repository.Root, "src", project, $"Hearth.{project}.csproj");
        return XDocument.Load(path).Descendants("ProjectReference")
            .Select(reference => reference.Attribute("Include")!.Value.Replace('\\', '/'))
            .Select(include => Path.GetFileName(Path.GetDirectoryName(include)!));
    }
}
