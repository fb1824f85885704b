using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Hearth.Kubernetes.Crds;

namespace Hearth.Kubernetes.Tests.Crds;

public sealed class CrdManifestsTests
{
    public static TheoryData<string> Files => [.. CrdManifests.All.Keys];

    [Theory]
    [MemberData(nameof(Files))]
    public void All_FilesInRepository_AreWhatTheTypesSay(string file)
    {
        var path = Path.Combine(RepositoryRoot(), "crds", file);

        Assert.True(File.Exists(path), $"{file} is missing: run `hearth crds`.");
        Assert.Equal(CrdManifests.All[file], File.ReadAllText(path));
    }

    [Fact]
    public void All_EveryProperty_HasADescription()
    {
        var missing = CrdManifests.Definitions.SelectMany(d => Undescribed(d["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!, d["metadata"]!["name"]!.ToString())).ToList();

        Assert.Empty(missing);
    }

    private static IEnumerable<string> Undescribed(JsonNode schema, string path)
    {
        if (schema["items"] is { } items)
            return Undescribed(items, path + "[]");
        return (schema["properties"] as JsonObject ?? []).Where(p => p.Key != "metadata").SelectMany(p =>
        {
            var here = $"{path}.{p.Key}";
            return (p.Value!["description"] is null ? [here] : Enumerable.Empty<string>()).Concat(Undescribed(p.Value, here));
        });
    }

    private static string RepositoryRoot([CallerFilePath] string here = "")
    {
        var directory = Path.GetDirectoryName(here);
        while (directory is not null && !File.Exists(Path.Combine(directory, "Operator.sln")))
            directory = Path.GetDirectoryName(directory);
        return directory ?? throw new InvalidOperationException("Operator.sln is above no source file.");
    }
}
