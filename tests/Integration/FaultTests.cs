using Hearth.Api.Core;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Meta;
using Hearth.Testing;
using Xunit.Abstractions;

namespace Hearth.Integration.Tests;

/// <summary>kill -9 of each part while callers keep calling.</summary>
public sealed class FaultTests(SplitCluster cluster, ITestOutputHelper output) : IClassFixture<SplitCluster>
{
    private const string AddRequest =
        """{"inputs":[{"name":"a","shape":[2],"datatype":"FP32","data":[1,2]},{"name":"b","shape":[2],"datatype":"FP32","data":[10,20]}]}""";

    [OnnxRuntimeFact]
    public async Task KillNine_WorkerGatewayAndOperatorUnderLoad_NothingHangsAndAllRecovers()
    {
        var model = await cluster.WriteFileAsync("add.onnx", OnnxModel.Add(OnnxModel.Float, "n"));
        await cluster.CreateFunctionAsync("steady", $"file://{model}", """{"scale":{"min":1,"max":3}}""");
        await cluster.InferAsync("steady", AddRequest);

        await using var load = new Load(8, () => new(HttpMethod.Post, cluster.Infer("steady")) { Content = new StringContent(AddRequest, null, "application/json") });
        await load.SucceedAsync(200);

        var worker = (await cluster.WorkersOfAsync("steady"))[0];
        SplitCluster.CrashWorker(worker);
        await load.SucceedAsync(200);
        Report("worker killed", load);

        await cluster.CrashOperatorAsync();
        await load.SucceedAsync(200);
        await cluster.StartOperatorAsync();
        await load.SucceedAsync(200);
        Report("operator killed and restarted", load);

        await cluster.CrashGatewayAsync();
        await cluster.StartGatewayAsync();
        await load.SucceedAsync(200);
        Report("gateway killed and restarted", load);

        Assert.DoesNotContain("no answer in 30 s", load.Outcomes.Keys);
        // What a caller may see: answers, a clean 502 for what a dead worker had begun, and refused connections while there is no gateway.
        string[] clean = ["200", "502 ERR_DIRECT_INVOKE", "ConnectionError", "ResponseEnded", "Unknown"];
        Assert.All(load.Outcomes.Keys, outcome => Assert.Contains(outcome, clean));
        await cluster.WaitForWarmPoolAsync();
    }

    [OnnxRuntimeFact]
    public async Task KillNine_OperatorAway_ColdFunctionsAreStillServed()
    {
        var model = await cluster.WriteFileAsync("alone.onnx", OnnxModel.Add(OnnxModel.Float, "n"));
        await cluster.WaitForWarmPoolAsync();
        await cluster.CrashOperatorAsync();
        await cluster.ApplyFunctionAsync("alone", $"file://{model}");

        Assert.Equal([11, 22], await cluster.InferAsync("alone", AddRequest));

        await cluster.StartOperatorAsync();
        await cluster.WaitForConditionAsync("alone", InferenceFunctionConditions.Ready, ConditionStatus.True, InferenceFunctionConditions.Serving);
        var pod = Assert.Single(await cluster.WorkersOfAsync("alone"));
        await cluster.WaitForAsync<V1Pod>(pod.Name(), p => p?.GetController()?.Name == "alone", "owned by the function");
        await cluster.WaitForWarmPoolAsync();
    }

    private void Report(string what, Load load) => output.WriteLine($"{what}: {load}");
}
