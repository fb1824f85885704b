using Hearth.Api.Core;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Meta;
using Hearth.Testing;

namespace Hearth.Integration.Tests;

/// <summary>What a user does with kubectl while <c>hearth up</c> runs.</summary>
public sealed class KubectlTests(Cluster cluster) : IClassFixture<Cluster>
{
    private const string AddRequest =
        """{"inputs":[{"name":"a","shape":[1],"datatype":"FP32","data":[1]},{"name":"b","shape":[1],"datatype":"FP32","data":[10]}]}""";

    [KubectlFact]
    public async Task Kubectl_LifeOfAFunction_BehavesAsOnACluster()
    {
        var manifest = await WriteManifestAsync("calc");

        Assert.Contains("inferencefunction.hearth.dev/calc created", await KubectlAsync("apply", "-f", manifest), StringComparison.Ordinal);
        Assert.Contains("unchanged", await KubectlAsync("apply", "-f", manifest), StringComparison.Ordinal);
        // As a list: of one object that it names, kubectl shows no change between its get and its watch.
        await using var watch = HearthProcess.StartProgram(
            "kubectl", "--kubeconfig", cluster.Kubeconfig, "get", "fn", "--field-selector", "metadata.name=calc", "--watch");
        await watch.WaitForLineAsync("calc .*ScaledToZero");
        Assert.Equal([11], await cluster.InferAsync("calc", AddRequest));
        await watch.WaitForLineAsync("calc .*Serving");

        var columns = (await KubectlAsync("get", "fn", "calc")).Split('\n')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["NAME", "READY", "REASON", "REPLICAS", "TRAFFIC", "URL", "AGE"], columns);
        Assert.Contains("default", await KubectlAsync("get", "wp"), StringComparison.Ordinal);
        var described = await KubectlAsync("describe", "fn", "calc");
        Assert.Contains("Last Cold Start", described, StringComparison.Ordinal);
        Assert.Contains("Model Loaded", described.Replace("ModelLoaded", "Model Loaded", StringComparison.Ordinal), StringComparison.Ordinal);

        var pod = Assert.Single(await cluster.WorkersOfAsync("calc"));
        Assert.NotEmpty(await KubectlAsync("logs", pod.Name()));
        Assert.Contains("condition met", await KubectlAsync("wait", "--for=condition=Ready", "fn/calc"), StringComparison.Ordinal);

        Assert.Contains("deleted", await KubectlAsync("delete", "-f", manifest), StringComparison.Ordinal);
        await cluster.WaitForAsync<V1Pod>(
            pod.Name(), p => p is null || p.GetLabel(Api.HearthLabels.Function) is null || p.Uid() != pod.Uid(), "the worker gone or free");
    }

    [KubectlFact]
    public async Task Kubectl_BadManifests_AreRefusedWithTheFieldAtFault()
    {
        var unknown = await RefusedAsync("typo", "  scael: { max: 3 }");
        Assert.Contains("unknown field \"spec.scael\"", unknown, StringComparison.Ordinal);

        var outOfRange = await RefusedAsync("range", "  scale: { max: 0 }");
        Assert.Contains("spec.scale.max", outOfRange, StringComparison.Ordinal);

        var crossField = await RefusedAsync("cross", "  scale: { min: 5, max: 2 }");
        Assert.Contains("spec.scale.max", crossField, StringComparison.Ordinal);
        Assert.Contains("must not be below min", crossField, StringComparison.Ordinal);
    }

    [KubectlFact]
    public async Task Kubectl_ModelThatDoesNotLoad_IsExplainedByDescribe()
    {
        await cluster.CreateFunctionAsync("broken", "file:///nowhere/model.onnx");
        await cluster.PostAsync(cluster.Infer("broken"), AddRequest);
        await cluster.WaitForConditionAsync("broken", InferenceFunctionConditions.ModelLoaded, ConditionStatus.False, "ArtifactNotFound");
        await cluster.WaitForEventAsync("broken", "ArtifactNotFound");

        var described = await KubectlAsync("describe", "fn", "broken");

        Assert.Contains("/nowhere/model.onnx", described, StringComparison.Ordinal);
        Assert.Contains("Warning", described[described.LastIndexOf("Events:", StringComparison.Ordinal)..], StringComparison.Ordinal);
    }

    [KubectlFact]
    public async Task Kubectl_LifeOfAPool_BehavesAsOnACluster()
    {
        var manifest = await cluster.WriteFileAsync("pool.yaml", """
            apiVersion: hearth.dev/v1alpha1
            kind: WorkerPool
            metadata: { name: side }
            spec:
              resources: { cpu: 100m, memory: 64Mi }
              warm: { min: 1 }
            """u8.ToArray());
        await KubectlAsync("apply", "-f", manifest);
        Assert.Contains("condition met", await KubectlAsync("wait", "--for=condition=Ready", "wp/side", "--timeout=60s"), StringComparison.Ordinal);
        Assert.Contains("side-0", await KubectlAsync("get", "pods"), StringComparison.Ordinal);

        await KubectlAsync("delete", "wp", "side");
        await cluster.WaitForAsync<V1Pod>("side-0", p => p is null, "gone with its pool");
    }

    private async Task<string> WriteManifestAsync(string name, string more = "")
    {
        var model = await cluster.WriteFileAsync($"{name}.onnx", OnnxModel.Add(OnnxModel.Float, "n"));
        var text = $$"""
            apiVersion: hearth.dev/v1alpha1
            kind: InferenceFunction
            metadata: { name: {{name}} }
            spec:
              model: { uri: "file://{{model}}" }
            {{more}}
            """;
        return await cluster.WriteFileAsync($"{name}.yaml", System.Text.Encoding.UTF8.GetBytes(text));
    }

    private async Task<string> RefusedAsync(string name, string spec)
    {
        var (exitCode, said) = await RunAsync("apply", "-f", await WriteManifestAsync(name, spec));
        Assert.NotEqual(0, exitCode);
        return said;
    }

    private async Task<string> KubectlAsync(params string[] arguments)
    {
        var (exitCode, said) = await RunAsync(arguments);
        Assert.True(exitCode == 0, $"kubectl {string.Join(' ', arguments)}: {said}");
        return said;
    }

    private async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        await using var kubectl = HearthProcess.StartProgram("kubectl", ["--kubeconfig", cluster.Kubeconfig, .. arguments]);
        var exitCode = await kubectl.WaitForExitAsync();
        return (exitCode, kubectl.Output);
    }
}
