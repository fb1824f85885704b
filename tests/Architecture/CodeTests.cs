using System.Text.RegularExpressions;

namespace Hearth.Architecture.Tests;

public sealed partial class CodeTests
{
    private static readonly string[] GroupConstants = ["src/Api/HearthApi.cs", "src/Api/HearthLabels.cs", "src/Api/HearthAnnotations.cs"];
    private static readonly string[] Effects = ["await ", "ILogger", "IKubernetesClient"];

    [Fact]
    public void Code_Always_HasNoRegions() => Rule.Holds(
        "No #region",
        Repository.Sources.SelectMany(source => source.Offences(line => line.TrimStart().StartsWith("#region", StringComparison.Ordinal))));

    [Fact]
    public void Code_Always_HasNoTodoWithoutAnIssue() => Rule.Holds(
        "A TODO names its issue: TODO(#12)",
        Repository.Sources.SelectMany(source => source.Offences(line => BareTodo().IsMatch(line))));

    [Fact]
    public void ApiGroup_Always_IsSpelledInTheConstantsOnly() => Rule.Holds(
        "Labels, annotations and the API group are constants of HearthApi, HearthLabels and HearthAnnotations",
        Repository.Sources.Where(source => !GroupConstants.Contains(source.Path))
            .SelectMany(source => source.Offences(line => GroupLiteral().IsMatch(line))));

    [Fact]
    public void ServiceLocator_Always_StaysInTheCompositionRoots() => Rule.Holds(
        "GetRequiredService occurs only in files named *Extensions.cs",
        Repository.Sources.Where(source => !source.Name.EndsWith("Extensions.cs", StringComparison.Ordinal))
            .SelectMany(source => source.Offences(line => line.Contains("GetRequiredService", StringComparison.Ordinal))));

    [Fact]
    public void Decisions_Always_ArePure() => Rule.Holds(
        "Planners and everything in src/Policies decide without I/O: no await, ILogger or IKubernetesClient",
        Repository.Sources
            .Where(source => source.Path.StartsWith("src/Policies/", StringComparison.Ordinal) || source.Name.EndsWith("Planner.cs", StringComparison.Ordinal))
            .SelectMany(source => source.Offences(line => Array.Exists(Effects, effect => line.Contains(effect, StringComparison.Ordinal)))));

    [Fact]
    public void LogMessages_Always_HaveAnIdOfTheirOwn()
    {
        var messages =
            from source in Repository.Sources
            from Match match in LogMessage().Matches(source.ReadText())
            select (Project: source.Path.Split('/')[1], Id: match.Groups["id"].Value, source.Path);
        Rule.Holds(
            "Every [LoggerMessage] has an event id that is unique in its project",
            from message in messages
            group message by (message.Project, message.Id) into same
            where same.Count() > 1 || same.Key.Id == ""
            select $"{same.Key.Project}, id '{same.Key.Id}': {string.Join(", ", same.Select(message => message.Path))}");
    }

    [GeneratedRegex(@"\bTODO\b(?!\(#\d+\))")]
    private static partial Regex BareTodo();

    [GeneratedRegex(@"^(?!\s*//)[^""]*(?:""[^""]*""[^""]*)*""[^""]*hearth\.dev/")]
    private static partial Regex GroupLiteral();

    [GeneratedRegex(@"\[LoggerMessage\(\s*(?:EventId\s*=\s*)?(?<id>\d*)")]
    private static partial Regex LogMessage();
}
