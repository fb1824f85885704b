using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.WorkerPools;
using Hearth.Cli.Local;
using Hearth.Cli.Manifests;

namespace Hearth.Cli.Demos.Functions;

/// <summary>What the demo serves.</summary>
/// <param name="Name">Name of the function.</param>
/// <param name="Manifest">The function, and its pool if it brings one.</param>
/// <param name="Pictures">Pictures to show it, with their names; none for a model of the user's.</param>
internal sealed partial record Subject(string Name, IReadOnlyList<JsonObject> Manifest, IReadOnlyList<(string Name, Picture Picture)> Pictures)
{
    /// <summary>The function itself.</summary>
    public JsonObject Function => Manifest.Single(o => (string?)o["kind"] == InferenceFunction.Definition.Kind);

    /// <summary>Whether the manifest holds the function's pool.</summary>
    public bool BringsPool => Manifest.Any(o => (string?)o["kind"] == WorkerPool.Definition.Kind);

    /// <summary>The example in <c>examples/functions/digits</c>.</summary>
    /// <exception cref="CommandException">The examples are not there.</exception>
    public static Subject Digits()
    {
        var folder = Path.Combine(DemoFolders.FindExamples(), "functions", "digits");
        var path = Path.Combine(folder, "function.yaml");
        var pictures = Directory.GetFiles(Path.Combine(folder, "pictures"), "*.pgm").Order(StringComparer.Ordinal)
            .Select(file => (Path.GetFileNameWithoutExtension(file), Picture.ReadPgm(File.ReadAllBytes(file), file)));
        return new("digits", YamlJson.Read(File.ReadAllText(path), path), [.. pictures]);
    }

    /// <summary>A model of the user's, on a pool of its own.</summary>
    /// <exception cref="CommandException">The file is not there.</exception>
    public static Subject Of(string model)
    {
        var path = Path.GetFullPath(model);
        if (!File.Exists(path))
            throw new CommandException($"--model \"{model}\" is not there.");
        var name = NotInNames().Replace(Path.GetFileNameWithoutExtension(path).ToLowerInvariant(), "-").Trim('-');
        using var file = File.OpenRead(path);
        var function = new JsonObject
        {
            ["apiVersion"] = InferenceFunction.Definition.ApiVersion,
            ["kind"] = InferenceFunction.Definition.Kind,
            ["metadata"] = new JsonObject { ["name"] = name },
            ["spec"] = new JsonObject
            {
                ["pool"] = "demo",
                ["model"] = new JsonObject { ["uri"] = new Uri(path).AbsoluteUri, ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(file)) },
            },
        };
        var pool = LocalCluster.MakePool("demo", warm: 2);
        // The demo measures loads.
        pool["spec"]!["residentModels"] = new JsonObject { ["sizeLimit"] = "0" };
        return new(name, [pool, function], []);
    }

    /// <summary>A copy of the function under another name, after a copy of its pool without warm workers.</summary>
    public IReadOnlyList<JsonObject> MakeTwin(string name, string pool)
    {
        var empty = Manifest.Single(o => (string?)o["kind"] == WorkerPool.Definition.Kind).DeepClone().AsObject();
        empty["metadata"]!["name"] = pool;
        empty["spec"]!["warm"] = new JsonObject { ["min"] = 0 };
        var twin = Function.DeepClone().AsObject();
        twin["metadata"]!["name"] = name;
        twin["spec"]!["pool"] = pool;
        return [empty, twin];
    }

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex NotInNames();
}
