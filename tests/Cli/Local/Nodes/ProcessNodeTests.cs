using System.Text;
using System.Text.Json;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Api.Workers;
using Hearth.Cli.Local.Nodes;

namespace Hearth.Cli.Tests.Local.Nodes;

/// <summary>Pods as real processes, seen through the API server.</summary>
public sealed class ProcessNodeTests : IAsyncLifetime
{
    private const string Serve = "echo up; exec sleep 1000";

    private NodeCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await NodeCluster.StartAsync();

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task Start_RegistersANodeThatIsReadyAndKnowsWhereItsLogsAre()
    {
        var node = await _cluster.Client.GetAsync<V1Node>("node-1", null);
        var lease = await _cluster.Client.GetAsync<V1Lease>("node-1", "kube-node-lease");

        Assert.Contains(node!.Status!.Conditions!, c => c is { Type: "Ready", Status: ConditionStatus.True });
        Assert.Equal("node-1", node.GetLabel("kubernetes.io/hostname"));
        Assert.Equal(10250, node.Status.DaemonEndpoints!.KubeletEndpoint!.Port);
        Assert.Equal("node-1", lease!.Spec.HolderIdentity);
    }

    [Fact]
    public async Task Start_OfANodeThatRunsAlready_IsRefused()
    {
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => _cluster.StartNodeAsync("node-1"));

        Assert.Contains("\"node-1\"", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pod_WithEnvironment_SeesItsFieldsSecretsConfigMapsAndVolumes()
    {
        await _cluster.Client.CreateAsync(new V1Secret
        {
            Metadata = new() { Name = "keys", Namespace = "default" },
            Data = new Dictionary<string, string> { ["token"] = Convert.ToBase64String(Encoding.UTF8.GetBytes("s3cret")) },
        });
        await _cluster.Client.CreateAsync(new V1ConfigMap
        {
            Metadata = new() { Name = "settings", Namespace = "default" },
            Data = new Dictionary<string, string> { ["mode"] = "fast" },
        });
        await _cluster.RunAsync(
            """echo "$NAME $NS $NODE $APP $TOKEN $MODE $PLAIN [$ABSENT] $IP"; cat "$KEYS/token"; echo; ls -d "$DATA"; exec sleep 1000""",
            configure: container =>
            {
                container.Env =
                [
                    new() { Name = "PLAIN", Value = "plain" },
                    Field("NAME", "metadata.name"),
                    Field("NS", "metadata.namespace"),
                    Field("NODE", "spec.nodeName"),
                    Field("APP", "metadata.labels['app']"),
                    Field("IP", "status.podIP"),
                    new() { Name = "TOKEN", ValueFrom = new() { SecretKeyRef = new() { Name = "keys", Key = "token" } } },
                    new() { Name = "MODE", ValueFrom = new() { ConfigMapKeyRef = new() { Name = "settings", Key = "mode" } } },
                    new() { Name = "ABSENT", ValueFrom = new() { SecretKeyRef = new() { Name = "none", Key = "x", Optional = true } } },
                    new() { Name = "KEYS", Value = "/etc/keys" },
                    new() { Name = "DATA", Value = "/data/here" },
                ];
                container.VolumeMounts = [new() { Name = "keys", MountPath = "/etc/keys" }, new() { Name = "data", MountPath = "/data" }];
            },
            spec: spec => spec.Volumes =
            [
                new() { Name = "keys", Secret = new() { SecretName = "keys" } },
                new() { Name = "data", HostPath = new() { Path = "/var/lib/data", Type = "DirectoryOrCreate" } },
            ]);
        var pod = await _cluster.WaitForReadyAsync();

        await _cluster.WaitForLogAsync("s3cret\n");
        Assert.StartsWith($"pod default node-1 test s3cret fast plain [] {pod!.Status!.PodIP}\n", await _cluster.ReadLogAsync(), StringComparison.Ordinal);

        static V1EnvVar Field(string name, string path) => new() { Name = name, ValueFrom = new() { FieldRef = new() { FieldPath = path } } };
    }

    [Fact]
    public async Task Pod_SecretComesLater_WaitsForItAndSaysSo()
    {
        await _cluster.RunAsync(
            Serve, configure: c => c.Env = [new() { Name = "T", ValueFrom = new() { SecretKeyRef = new() { Name = "late", Key = "t" } } }]);
        var waiting = await _cluster.WaitAsync(p => Waiting(p)?.Reason == "CreateContainerConfigError", "the missing secret to be reported");
        Assert.Equal("secret \"late\" not found in namespace \"default\".", Waiting(waiting)!.Message);

        await _cluster.Client.CreateAsync(new V1Secret
        {
            Metadata = new() { Name = "late", Namespace = "default" },
            Data = new Dictionary<string, string> { ["t"] = "eA==" },
        });

        await _cluster.WaitForReadyAsync();
    }

    [Fact]
    public async Task Pod_WithAClaim_FindsItsFolder()
    {
        await _cluster.RunAsync(
            """echo "[$FOLDER]"; exec sleep 1000""",
            configure: c => (c.Env, c.VolumeMounts) = ([new() { Name = "FOLDER", Value = "/data" }], [new() { Name = "data", MountPath = "/data" }]),
            spec: spec => spec.Volumes = [new() { Name = "data", PersistentVolumeClaim = new() { ClaimName = "temporary" } }]);
        await _cluster.WaitForReadyAsync();

        await _cluster.WaitForLogAsync($"[{Path.GetTempPath()}]\n");
    }

    [Fact]
    public async Task Pod_WithAnUnknownClaim_WaitsAndSaysWhereToNameIt()
    {
        await _cluster.RunAsync(Serve, spec: spec => spec.Volumes = [new() { Name = "data", PersistentVolumeClaim = new() { ClaimName = "none" } }]);

        var waiting = await _cluster.WaitAsync(p => Waiting(p)?.Reason == "CreateContainerConfigError", "the missing claim to be reported");

        Assert.Equal(
            "persistentVolumeClaim \"none\" of volume \"data\" is unknown: name its folder with --claim none=FOLDER where the node starts.", Waiting(waiting)!.Message);
    }

    [Fact]
    public async Task Pod_OfAnUnknownImage_WaitsWithAReason()
    {
        await _cluster.RunAsync("", configure: c => (c.Image, c.Command) = ("nginx", null));

        var pod = await _cluster.WaitAsync(p => Waiting(p)?.Reason == "ErrImageNeverPull", "the image to be refused");

        Assert.Equal("Pending", pod!.Status!.Phase);
        Assert.Contains("process nodes run only the image \"hearth\"", Waiting(pod)!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pod_ReadinessProbe_DecidesWhenItIsReady()
    {
        // The container opens its ports only once the file is there.
        var gate = Path.Combine(Path.GetTempPath(), $"hearth-gate-{Guid.NewGuid():N}");
        await _cluster.RunAsync(
            $$"""while ! [ -e {{gate}} ]; do sleep 0.02; done; exec {{string.Join(' ', HearthExecutable.Command)}} worker""",
            configure: c =>
            {
                c.Env =
                [
                    new() { Name = WorkerEnvironment.PodIP, ValueFrom = new() { FieldRef = new() { FieldPath = "status.podIP" } } },
                    new() { Name = WorkerEnvironment.Token, Value = "token" },
                    new() { Name = WorkerEnvironment.CacheDirectory, Value = "cache" },
                    new() { Name = WorkerEnvironment.DataPort, Value = "18080" },
                    new() { Name = WorkerEnvironment.ControlPort, Value = "18081" },
                ];
                c.Ports = [new() { Name = "control", ContainerPort = 18081 }];
                c.ReadinessProbe = new() { HttpGet = new() { Path = "/readyz", Port = JsonSerializer.SerializeToElement("control") }, PeriodSeconds = 1 };
            });
        var started = await _cluster.WaitAsync(p => Container(p)?.State?.Running is not null, "the container to run");
        Assert.False(NodeCluster.IsReady(started));

        await File.WriteAllTextAsync(gate, "");
        await _cluster.WaitForReadyAsync();
        File.Delete(gate);
    }

    [Fact]
    public async Task Pod_LivenessProbeFails_IsRestarted()
    {
        var probe = new V1Probe { PeriodSeconds = 1, FailureThreshold = 1 };
        probe.UnknownFields = new() { ["tcpSocket"] = JsonSerializer.SerializeToElement(new Dictionary<string, int> { ["port"] = 18098 }) };
        await _cluster.RunAsync(Serve, configure: c => c.LivenessProbe = probe);

        var pod = await _cluster.WaitAsync(p => Container(p)?.RestartCount > 0, "a restart");

        Assert.Equal("liveness probe failed", Container(pod)!.LastState!.Terminated!.Message);
    }

    [Fact]
    public async Task Pod_ProcessIsKilled_IsRestartedAtOnceInPlace()
    {
        await _cluster.RunAsync(Serve);
        var first = await _cluster.WaitForReadyAsync();

        Kill(NodeCluster.ProcessId(first));
        var second = await _cluster.WaitAsync(p => Container(p)?.RestartCount == 1 && NodeCluster.IsReady(p), "the restart");

        Assert.Equal(first!.Status!.PodIP, second!.Status!.PodIP);
        Assert.Equal(137, Container(second)!.LastState!.Terminated!.ExitCode);
        Assert.NotEqual(Container(first)!.ContainerID, Container(second)!.ContainerID);
    }

    [Fact]
    public async Task Pod_CrashesAgain_BacksOff()
    {
        await _cluster.RunAsync("exit 7");

        var pod = await _cluster.WaitAsync(p => Waiting(p)?.Reason == "CrashLoopBackOff", "the back-off");

        Assert.Equal(1, Container(pod)!.RestartCount);
        Assert.Equal(7, Container(pod)!.LastState!.Terminated!.ExitCode);
        Assert.Equal("Running", pod!.Status!.Phase);
        Assert.StartsWith("back-off 10s restarting failed container=main", Waiting(pod)!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("exit 0", "Succeeded")]
    [InlineData("exit 1", "Failed")]
    public async Task Pod_ThatRunsOnce_EndsWithItsPhaseAndKeepsItsLog(string script, string phase)
    {
        await _cluster.RunAsync($"echo done; {script}", restartPolicy: "Never");

        await _cluster.WaitAsync(p => p?.Status?.Phase == phase, phase);

        Assert.Equal("done\n", await _cluster.ReadLogAsync());
    }

    [Fact]
    public async Task Delete_OfAProgramThatHandlesSigterm_LetsItEndThenForgetsThePod()
    {
        var proof = Path.Combine(Path.GetTempPath(), $"hearth-proof-{Guid.NewGuid():N}");
        await _cluster.RunAsync($$"""trap 'echo graceful > {{proof}}; exit 0' TERM; echo up; while :; do sleep 0.02; done""");
        var pod = await _cluster.WaitForReadyAsync();
        await _cluster.WaitForLogAsync("up");

        await _cluster.Client.DeleteAsync<V1Pod>("pod", "default");

        await _cluster.WaitAsync(p => p is null, "the end of the pod");
        Assert.Equal("graceful\n", await File.ReadAllTextAsync(proof));
        Assert.False(Processes.IsAlive(NodeCluster.ProcessId(pod)));
        File.Delete(proof);
    }

    [Fact]
    public async Task Delete_WithoutGrace_EndsAProgramThatIgnoresSigterm()
    {
        await _cluster.RunAsync("trap '' TERM; sleep 1000 & while :; do sleep 0.05; done");
        var pod = await _cluster.WaitForReadyAsync();

        await _cluster.Client.DeleteAsync<V1Pod>("pod", "default", new() { GracePeriodSeconds = 1 });

        await _cluster.WaitAsync(p => p is null, "the end of the pod");
        await Processes.WaitUntilGoneAsync(NodeCluster.ProcessId(pod));
    }

    [Fact]
    public async Task Delete_ByForce_EndsTheProcessThoughThePodIsForgottenAlready()
    {
        await _cluster.RunAsync("trap '' TERM; while :; do sleep 0.05; done");
        var pod = await _cluster.WaitForReadyAsync();

        await _cluster.Client.DeleteAsync<V1Pod>("pod", "default", new() { GracePeriodSeconds = 0 });

        await Processes.WaitUntilGoneAsync(NodeCluster.ProcessId(pod));
    }

    [Fact]
    public async Task Dispose_WithARunningPod_EndsItAndTellsWhy()
    {
        await _cluster.RunAsync(Serve);
        var pod = await _cluster.WaitForReadyAsync();

        await _cluster.Node.DisposeAsync();

        Assert.False(Processes.IsAlive(NodeCluster.ProcessId(pod)));
        pod = await _cluster.Client.GetAsync<V1Pod>("pod", "default");
        Assert.Equal(("Failed", "Terminated"), (pod!.Status!.Phase, pod.Status.Reason));
        var node = await _cluster.Client.GetAsync<V1Node>("node-1", null);
        Assert.Contains(node!.Status!.Conditions!, c => c is { Type: "Ready", Status: ConditionStatus.False });
        _cluster.Node = await _cluster.StartNodeAsync("node-1");
    }

    private static V1ContainerStateWaiting? Waiting(V1Pod? pod) => Container(pod)?.State?.Waiting;

    private static V1ContainerStatus? Container(V1Pod? pod) => NodeCluster.Container(pod);

    private static void Kill(int processId) => System.Diagnostics.Process.GetProcessById(processId).Kill();
}
