using System.Text.Json.Nodes;
using Hearth.Kubernetes.Crds;
using Xunit.Abstractions;

namespace Hearth.Conformance.Tests;

/// <summary>
/// The API server in memory runs the kinds' own validators where a real one runs CEL: both must come to the same verdict over the same object.
/// <c>HEARTH_SEED</c> repeats a run.
/// </summary>
[Collection(Servers.Collection)]
public sealed class VerdictCases(Servers servers, ITestOutputHelper output)
{
    private const int Objects = 250;

    private static readonly Dictionary<string, string[]> Good = new()
    {
        ["WorkerPool"] = ["{'warm':{'min':1,'max':3}}", "{}"],
        ["InferenceFunction"] =
        [
            "{'model':{'uri':'file:///m.onnx'},'scale':{'min':0,'max':4},'traffic':[{'revision':'a-1','percent':90},{'latest':true,'percent':10}]}",
            "{'container':{'image':'i'},'triggers':[{'topic':'t','pubsub':'p'}],'fallback':'b','batching':{'maxSize':4}}",
        ],
        ["FederatedAggregation"] =
        [
            "{'model':{'uri':'file:///m.json','format':'Hearth'},'rounds':3,'clients':{'minPerRound':2,'maxPerRound':4},'output':{'uri':'file:///o'}}",
            "{'architecture':{'kind':'Mlp','hidden':[8],'inputShape':[4],'classes':['a','b']},'rounds':3,'clients':{'minPerRound':2,'auth':{'secretName':'tokens'},'quota':{'requests':2,'bytes':'1Gi'}},'hierarchy':{'maxFanIn':4,'levels':'Three','nodeCapacity':8,'keepAlive':'30s'},'maxAggregators':3,'output':{'uri':'file:///o'}}",
        ],
        ["TrainingJob"] =
        [
            "{'program':{'builtin':{'architecture':{'kind':'Mlp','hidden':[8]},'dataset':{'format':'Idx','train':{'images':'file:///i','labels':'file:///l'}},'epochs':1}},'output':{'uri':'file:///o'}}",
            "{'program':{'container':{'image':'i'}},'workers':{'count':2}}",
        ],
    };

    [RealServerTheory]
    [InlineData("WorkerPool")]
    [InlineData("InferenceFunction")]
    [InlineData("FederatedAggregation")]
    [InlineData("TrainingJob")]
    public async Task Create_GeneratedObjects_HaveOneVerdict(string kind)
    {
        var (memory, real) = (await servers.OpenAsync(Servers.InMemory), await servers.OpenAsync(Servers.Real));
        var (generator, plural) = Generator(kind);
        var differences = new List<string>();
        var accepted = 0;
        for (var i = 0; i < Objects; i++)
        {
            var entity = generator.Vary(Body(kind, Good[kind][i % 2]));
            var (ours, theirs) = (await memory.PostAsync(memory.Hearth(plural) + "?dryRun=All", entity), await real.PostAsync(real.Hearth(plural) + "?dryRun=All", entity));
            accepted += theirs.Code == 201 ? 1 : 0;
            if (ours.Code != theirs.Code)
                differences.Add($"{entity["spec"]!.ToJsonString()}\n  in memory {ours.Code} {ours.Message}\n  kube-apiserver {theirs.Code} {theirs.Message}");
        }
        output.WriteLine($"{kind}: {Objects} objects, {accepted} accepted, {differences.Count} verdicts differ");
        Assert.True(differences.Count == 0, $"{differences.Count} verdicts differ:\n{string.Join('\n', differences.Take(8))}");
        Assert.InRange(accepted, 1, Objects - 1);
    }

    [RealServerTheory]
    [InlineData("WorkerPool")]
    [InlineData("InferenceFunction")]
    [InlineData("FederatedAggregation")]
    [InlineData("TrainingJob")]
    public async Task Update_GeneratedChanges_HaveOneVerdict(string kind)
    {
        var (memory, real) = (await servers.OpenAsync(Servers.InMemory), await servers.OpenAsync(Servers.Real));
        var (generator, plural) = Generator(kind);
        foreach (var api in new[] { memory, real })
            await api.CreateAsync(api.Hearth(plural), Body(kind, Good[kind][0]));
        var differences = new List<string>();
        for (var i = 0; i < Objects / 2; i++)
        {
            var entity = generator.Vary(Body(kind, Good[kind][0]));
            var (ours, theirs) = (await PatchAsync(memory, plural, entity), await PatchAsync(real, plural, entity));
            if (ours.Code != theirs.Code)
                differences.Add($"{entity["spec"]!.ToJsonString()}\n  in memory {ours.Code} {ours.Message}\n  kube-apiserver {theirs.Code} {theirs.Message}");
        }
        Assert.True(differences.Count == 0, $"{differences.Count} verdicts differ:\n{string.Join('\n', differences.Take(8))}");
    }

    private static Task<Answer> PatchAsync(Api api, string plural, JsonObject entity) => api.PatchAsync(
        api.Hearth(plural) + "/a?dryRun=All", Api.JsonPatch,
        new JsonArray(new JsonObject { ["op"] = "replace", ["path"] = "/spec", ["value"] = entity["spec"]!.DeepClone() }).ToJsonString());

    private static JsonObject Body(string kind, string spec) => Tests.Objects.Json(
        $$$"""{'apiVersion':'hearth.dev/v1alpha1','kind':'{{{kind}}}','metadata':{'name':'a'},'spec':{{{spec}}}}""");

    private (GeneratedObjects Generator, string Plural) Generator(string kind)
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("HEARTH_SEED"), out var given) ? given : Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var definition = CrdManifests.Definitions.Single(d => (string)d["spec"]!["names"]!["kind"]! == kind);
        return (new GeneratedObjects(definition, new Random(seed)), (string)definition["spec"]!["names"]!["plural"]!);
    }
}
