using System.Text.RegularExpressions;

namespace Hearth.Architecture.Tests;

public sealed partial class LayoutTests
{
    [Fact]
    public void Namespace_Always_IsTheFolder() => Rule.Holds(
        "A file's namespace is Hearth and its folder under src",
        from source in Repository.Sources
        where source.Name != "Program.cs"
        let expected = "Hearth." + Path.GetDirectoryName(source.Path)!["src/".Length..].Replace('/', '.')
        where !source.ReadLines().Any(line => line.Text == $"namespace {expected};")
        select $"{source.Path} lacks 'namespace {expected};'");

    [Fact]
    public void File_Always_HoldsOneTopLevelTypeOfItsName() => Rule.Holds(
        "A file holds one top-level type and is named for it",
        from source in Repository.Sources
        let types = TopLevelType().Matches(source.ReadText()).Select(match => match.Groups["name"].Value).ToList()
        where types.Count > 1 || types.Any(type => source.Name != $"{type}.cs" && !source.Name.StartsWith($"{type}.", StringComparison.Ordinal))
        select $"{source.Path} holds {string.Join(", ", types)}");

    [Fact]
    public void EntryPoint_Always_FitsOnAPage() => Rule.Holds(
        "A Program.cs has 60 lines at most",
        from source in Repository.Sources
        where source.Name == "Program.cs"
        let lines = source.ReadLines().Count() - 1
        where lines > 60
        select $"{source.Path} has {lines}");

    [Fact]
    public void Sources_Always_AreFound() => Assert.NotEmpty(Repository.Sources);

    // Namespaces are file-scoped, so what starts in the first column is top-level.
    [GeneratedRegex(
        @"^(?:(?:public|internal|file|static|sealed|abstract|partial|readonly|ref|unsafe)\s+)*(?:class|struct|interface|enum|record(?:\s+(?:class|struct))?|delegate\s+\S+)\s+(?<name>\w+)",
        RegexOptions.Multiline)]
    private static partial Regex TopLevelType();
}
