using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Meta;
using Hearth.Compute;
using Hearth.Training.Datasets;

namespace Hearth.Cli.Demos.Serving;

/// <summary>Serves a model of digits that Hearth trained as a function, and lets it read held-out digits over Dapr's URL.</summary>
internal sealed class ServedDigits(DemoStage stage)
{
    private const string Input = "input";
    private const string Probabilities = "probabilities";
    private const int Shown = 12;
    private const int BatchSize = 500;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(20);

    private readonly FunctionClient _functions = new(stage.Http, stage.Cluster.Gateway, stage.Time);

    /// <summary>Shows the function reading some digits, and returns what part of all of them it reads rightly.</summary>
    /// <param name="name">Name of the function.</param>
    /// <param name="pool">Its pool.</param>
    /// <param name="modelUri">The model.json.</param>
    /// <param name="heldOut">The digits.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="CommandException">The function does not become ready, or answers with an error.</exception>
    public async Task<double> ShowAsync(string name, string pool, string modelUri, Dataset heldOut, CancellationToken cancel)
    {
        stage.Screen.Step("serve the model: one more manifest, and a worker of the same pool");
        await stage.Objects.ApplyAsync(MakeFunction(name, pool, modelUri), cancel);
        await new Patience(stage.Time, Limit, Period).WaitAsync(
            async () => (await ReadAsync(name, cancel)).Any(c => c is { Type: InferenceFunctionConditions.Ready, Status: ConditionStatus.True }),
            async () => $"function \"{name}\" to be ready; it says: {Patience.Describe(await ReadAsync(name, cancel))}",
            cancel);
        await ShowSomeAsync(name, heldOut, cancel);
        return await ReadAllAsync(name, heldOut, cancel);
    }

    private async Task ShowSomeAsync(string name, Dataset heldOut, CancellationToken cancel)
    {
        int[] shown = [.. Enumerable.Range(0, Math.Min(Shown, heldOut.Count)).Select(i => i * (heldOut.Count / Math.Min(Shown, heldOut.Count)))];
        var answer = await _functions.InferAsync(name, [ToTensor(heldOut, shown)], binary: false, cancel);
        stage.Screen.Say(string.Create(
            CultureInfo.InvariantCulture,
            $"POST {stage.Cluster.Gateway}v1.0/invoke/{name}/method/v2/models/{name}/infer: first byte after {answer.FirstByte.TotalMilliseconds:0} ms ({answer.ColdStart?.Path ?? "warm"})"));
        PictureGrid.Show(stage.Screen, shown.Zip(ReadClasses(answer, heldOut.Classes.Length), (index, read) => (ToPicture(heldOut, index), Caption(heldOut.Label(index), read))));
    }

    private async Task<double> ReadAllAsync(string name, Dataset heldOut, CancellationToken cancel)
    {
        var right = 0;
        foreach (var batch in Enumerable.Range(0, heldOut.Count).Chunk(BatchSize))
        {
            var answer = await _functions.InferAsync(name, [ToTensor(heldOut, batch)], binary: true, cancel);
            right += batch.Zip(ReadClasses(answer, heldOut.Classes.Length)).Count(r => heldOut.Label(r.First) == r.Second.Class);
        }
        stage.Screen.Say($"the function reads {right} of {heldOut.Count} held-out digits rightly");
        return (double)right / heldOut.Count;
    }

    private async Task<IReadOnlyList<V1Condition>> ReadAsync(string name, CancellationToken cancel) =>
        (await stage.Cluster.Client.GetAsync<InferenceFunction>(name, DemoObjects.Namespace, cancel))?.Status?.Conditions ?? [];

    private static JsonObject MakeFunction(string name, string pool, string modelUri) => new()
    {
        ["apiVersion"] = InferenceFunction.Definition.ApiVersion,
        ["kind"] = InferenceFunction.Definition.Kind,
        ["metadata"] = new JsonObject { ["name"] = name },
        ["spec"] = new JsonObject
        {
            ["pool"] = pool,
            ["model"] = new JsonObject { ["uri"] = modelUri, ["format"] = nameof(ModelFormat.Hearth) },
        },
    };

    /// <summary>The likeliest class of each example, and how likely it is.</summary>
    private static IEnumerable<(int Class, double Probability)> ReadClasses(Answer answer, int classes) =>
        answer.ReadOutputs().First(o => o.Name == Probabilities).Numbers().Chunk(classes).Select(p => (Array.IndexOf(p, p.Max()), p.Max()));

    private static string Caption(int label, (int Class, double Probability) read) => string.Create(
        CultureInfo.InvariantCulture, $"{label}: {read.Class} ({read.Probability * 100:0} %){(label == read.Class ? "" : " !")}");

    private static Tensor ToTensor(Dataset digits, int[] indices)
    {
        var data = new byte[indices.Length * digits.FeatureCount * sizeof(float)];
        for (var i = 0; i < indices.Length; i++)
            MemoryMarshal.AsBytes(digits.Features(indices[i])).CopyTo(data.AsSpan(i * digits.FeatureCount * sizeof(float)));
        return new(Input, DataType.F32, TensorShape.Of([indices.Length, .. digits.ExampleShape.Dimensions]), data);
    }

    private static Picture ToPicture(Dataset digits, int index)
    {
        var shape = digits.ExampleShape.Dimensions;
        return new((int)shape[1], (int)shape[0], [.. digits.Features(index).ToArray().Select(f => (byte)f)]);
    }
}
