using System.Text.Json.Nodes;
using Hearth.Api.TrainingJobs;
using Hearth.Cli.Demos.Digits;

namespace Hearth.Cli.Demos.Training;

/// <summary>The job of the demo. Pure.</summary>
internal static class TrainingManifests
{
    private const int BatchSize = 96;
    private const double OneOf255 = 1 / 255.0;

    /// <summary>A perceptron that learns digits on <paramref name="workers"/> workers, and saves how far it is in a tenth of the way.</summary>
    public static JsonObject MakeJob(string name, string pool, int workers, int steps, DigitFiles digits, string folder) => new()
    {
        ["apiVersion"] = TrainingJob.Definition.ApiVersion,
        ["kind"] = TrainingJob.Definition.Kind,
        ["metadata"] = new JsonObject { ["name"] = name },
        ["spec"] = new JsonObject
        {
            ["pool"] = pool,
            ["workers"] = new JsonObject { ["count"] = workers },
            ["program"] = new JsonObject
            {
                ["builtin"] = new JsonObject
                {
                    ["architecture"] = new JsonObject { ["kind"] = "Mlp", ["hidden"] = new JsonArray(128), ["scale"] = OneOf255 },
                    ["dataset"] = new JsonObject
                    {
                        ["format"] = nameof(DatasetFormat.Idx),
                        ["train"] = MakeSource(digits.TrainImages, digits.TrainLabels),
                        ["test"] = MakeSource(digits.TestImages, digits.TestLabels),
                    },
                    ["optimizer"] = new JsonObject { ["name"] = nameof(OptimizerName.Adam) },
                    ["batchSize"] = BatchSize,
                    ["steps"] = steps,
                    ["seed"] = 1,
                },
            },
            ["checkpoint"] = new JsonObject { ["uri"] = ToUri(Path.Combine(folder, "checkpoints")), ["everySteps"] = Math.Max(1, steps / 10) },
            ["output"] = new JsonObject { ["uri"] = ToUri(Path.Combine(folder, "model")) },
        },
    };

    private static JsonObject MakeSource(string images, string labels) => new() { ["images"] = ToUri(images), ["labels"] = ToUri(labels) };

    private static string ToUri(string path) => new Uri(path).AbsoluteUri;
}
