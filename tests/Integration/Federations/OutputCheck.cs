using System.Text.Json.Nodes;

namespace Hearth.Integration.Tests.Federations;

/// <summary>Compares what lies in an output directory with what the clients know.</summary>
internal static class OutputCheck
{
    private const double Tolerance = 1e-6;

    /// <summary>
    /// Every acknowledged update is in exactly one manifest, once, as included or not included; every model is the average of what its manifest includes.
    /// Returns the number of updates included.
    /// </summary>
    public static int Verify(string output, int rounds, Ledger ledger)
    {
        var seen = new Dictionary<(int Round, string Client, string Digest), int>();
        var included = 0;
        for (var round = 1; round <= rounds; round++)
        {
            var manifest = Read(Path.Combine(output, "rounds", $"{round}", "manifest.json"));
            Assert.Equal((round, round - 1), ((int)manifest["modelVersion"]!, (int)manifest["baseModelVersion"]!));
            var updates = Updates(manifest, "included");
            foreach (var (client, digest) in updates.Concat(Updates(manifest, "notIncluded")))
                seen[(round, client, digest)] = seen.GetValueOrDefault((round, client, digest)) + 1;
            Assert.Equal(updates.Count, updates.Select(u => u.Client).Distinct().Count());
            included += updates.Count;
            VerifyModel(output, round, updates.Select(u => ledger.Find(round, u.Digest)).ToArray(), (string)manifest["modelDigest"]!);
        }
        foreach (var update in ledger.Acknowledged)
            Assert.Equal(1, seen.GetValueOrDefault((update.Round, update.Client, update.Digest)));
        Assert.All(seen.Values, count => Assert.Equal(1, count));
        Assert.Equal(Digest(Path.Combine(output, "models", $"{rounds}")), Digest(output));
        return included;
    }

    private static void VerifyModel(string output, int round, Update?[] updates, string digest)
    {
        // Nobody else has clients here.
        Assert.All(updates, Assert.NotNull);
        var actual = ReadModel(Path.Combine(output, "models", $"{round}"), digest);
        var weight = updates.Sum(u => (double)u!.Examples);
        for (var i = 0; i < actual.Length; i++)
        {
            var expected = updates.Sum(u => u!.Examples * (double)u.Weights[i]) / weight;
            Assert.True(Math.Abs(actual[i] - expected) <= Tolerance * Math.Max(1, Math.Abs(expected)), $"round {round}, element {i}: {actual[i]}, expected {expected}");
        }
    }

    private static float[] ReadModel(string folder, string digest)
    {
        var weights = Read(Path.Combine(folder, "model.json"))["weights"]!;
        var bytes = File.ReadAllBytes(Path.Combine(folder, (string)weights["file"]!));
        Assert.Equal((digest, digest), ((string)weights["sha256"]!, Weights.Digest(bytes)));
        return Weights.Read(bytes);
    }

    private static string Digest(string folder) => (string)Read(Path.Combine(folder, "model.json"))["weights"]!["sha256"]!;

    private static List<(string Client, string Digest)> Updates(JsonNode manifest, string list) =>
        [.. (manifest[list] as JsonArray ?? []).Select(u => ((string)u!["client"]!, (string)u["digest"]!))];

    private static JsonNode Read(string path) => JsonNode.Parse(File.ReadAllText(path))!;
}
