using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Api.WorkerPools;
using Hearth.Api.Workers;
using Hearth.Policies.Pods;
using Hearth.Testing;

namespace Hearth.Policies.Tests.Pods;

public sealed class WorkerPodFactoryTests
{
    private static readonly WorkerPodOptions Options = new();

    private static readonly Dictionary<string, string> Claim = new()
    {
        [HearthAnnotations.ClaimedBy] = "gateway-1",
        [HearthAnnotations.Assignment] = "abc",
    };

    [Fact]
    public void MakeIdle_PlainPool_IsTheGoldenPod() =>
        Matches("idle", WorkerPodFactory.MakeIdle(new MakePool("p").Stored().Build(), "p-0", Options));

    [Fact]
    public void MakeIdle_GpuPoolWithTemplate_IsTheGoldenPod() =>
        Matches("gpu", WorkerPodFactory.MakeIdle(GpuPool(), "gpu-3", new() { DefaultImage = "registry/hearth:1", CacheHostPath = "/var/lib/hearth" }));

    [Fact]
    public void MakeClaimed_Model_IsTheGoldenPod() =>
        Matches("claimed", WorkerPodFactory.MakeClaimed(new MakePool("p").Stored().Build(), WorkerOwner.Of(new MakeFunction("f").Stored().Build()), "f-x1", Claim, Options));

    [Fact]
    public void MakeClaimed_Container_IsTheGoldenPod() => Matches(
        "container",
        WorkerPodFactory.MakeClaimed(
            new MakePool("p").Stored().Build(), WorkerOwner.Of(new MakeFunction("f").Container("example/server:2", 9000).Stored().Build()), "f-x1", Claim, Options));

    [Theory]
    [InlineData(null, null, null)]
    [InlineData(null, "/var/lib/hearth", "/var/lib/hearth")]
    [InlineData("/ssd", "/var/lib/hearth", "/ssd")]
    [InlineData("", "/var/lib/hearth", null)]
    public void MakeIdle_Cache_LiesWhereThePoolSaysOrElseTheAdministrator(string? ofPool, string? ofCluster, string? expected)
    {
        var pool = new MakePool("p").CacheHostPath(ofPool!).Stored().Build();

        var pod = WorkerPodFactory.MakeIdle(pool, "p-0", Options with { CacheHostPath = ofCluster });

        Assert.Equal(expected, pod.Spec.Volumes![0].HostPath?.Path);
        Assert.Equal(expected is null, pod.Spec.Volumes[0].EmptyDir is not null);
    }

    [Fact]
    public void MakeIdle_ClaimsAndSecret_AreToldToTheWorkerAndNotToProgramsOfUsers()
    {
        var pool = new MakePool("p").Stored().Template(new()
        {
            Volumes =
            [
                new() { Name = "models", PersistentVolumeClaim = new() { ClaimName = "zoo" } },
                new() { Name = "scratch", EmptyDir = new() },
            ],
            VolumeMounts =
            [
                new() { Name = "models", MountPath = "/models" },
                new() { Name = "models", MountPath = "/part", SubPath = "part" },
                new() { Name = "scratch", MountPath = "/scratch" },
            ],
        }).Build();
        pool.Spec.ArtifactCache.SecretName = "bucket";
        var container = WorkerOwner.Of(new MakeFunction("f").Container("example/server:2", 9000).Stored().Build());

        var worker = WorkerPodFactory.MakeIdle(pool, "p-0", Options).Spec.Containers[0].Env!.ToDictionary(v => v.Name);
        var program = WorkerPodFactory.MakeClaimed(pool, container, "f-x1", Claim, Options).Spec.Containers[0].Env!;

        Assert.Equal("zoo:/models", worker[WorkerEnvironment.Claims].Value);
        Assert.Equal(("bucket", "AWS_SECRET_ACCESS_KEY", true), worker["AWS_SECRET_ACCESS_KEY"].ValueFrom!.SecretKeyRef is { } key ? (key.Name!, key.Key, key.Optional!.Value) : default);
        Assert.DoesNotContain(program, variable => variable.Name.StartsWith("AWS_", StringComparison.Ordinal));
    }

    [Fact]
    public void NodePreference_Nodes_AreOneTermEachAndReadBack()
    {
        var pod = WorkerPodFactory.MakeIdle(new MakePool("p").Stored().Build(), "p-0", Options);

        var preferring = NodePreference.Add(pod, ["node-1", "node-2"]);

        Assert.Same(pod, NodePreference.Add(pod, []));
        Assert.Equal(["node-1", "node-2"], NodePreference.Read(preferring).Order());
        Assert.Empty(NodePreference.Read(pod));
        Assert.Equal(
            """{"nodeAffinity":{"preferredDuringSchedulingIgnoredDuringExecution":[{"weight":100,"preference":{"matchFields":[{"key":"metadata.name","operator":"In","values":["node-1"]}]}},{"weight":100,"preference":{"matchFields":[{"key":"metadata.name","operator":"In","values":["node-2"]}]}}]}}""",
            preferring.Spec.Affinity!.Value.GetRawText());
    }

    [Fact]
    public void Make_PoolWithVolumes_GivesThemToWorkersAndToProgramsOfUsers()
    {
        var pool = new MakePool("p").Stored().Template(new()
        {
            Volumes = [new() { Name = "data", PersistentVolumeClaim = new() { ClaimName = "digits" } }],
            VolumeMounts = [new() { Name = "data", MountPath = "/data", ReadOnly = true }],
        }).Build();
        var container = WorkerOwner.Of(new MakeFunction("f").Container("example/server:2", 9000).Stored().Build());

        var worker = WorkerPodFactory.MakeIdle(pool, "p-0", Options).Spec;
        var program = WorkerPodFactory.MakeClaimed(pool, container, "f-x1", Claim, Options).Spec;

        Assert.Equal(["cache", "data"], worker.Volumes!.Select(volume => volume.Name));
        Assert.Equal(["/var/cache/hearth", "/data"], worker.Containers[0].VolumeMounts!.Select(mount => mount.MountPath));
        Assert.Equal("digits", Assert.Single(program.Volumes!).PersistentVolumeClaim!.ClaimName);
        Assert.Equal("/data", Assert.Single(program.Containers[0].VolumeMounts!).MountPath);
    }

    [Theory]
    [InlineData(null, "268435456")]
    [InlineData("0", "0")]
    [InlineData("1Gi", "1073741824")]
    public void MakeIdle_ResidentModels_AreAQuarterOfTheMemoryOrWhatThePoolSays(string? limit, string expected)
    {
        var pool = new MakePool("p").Stored().Resources(new() { Memory = "1Gi" }).Build();
        pool.Spec.ResidentModels.SizeLimit = limit;

        var worker = WorkerPodFactory.MakeIdle(pool, "p-0", Options).Spec.Containers[0];

        Assert.Equal(expected, worker.Env!.Single(variable => variable.Name == WorkerEnvironment.ResidentBytes).Value);
    }

    [Fact]
    public void Make_PoolWithNodeShare_MountsItForWorkersAndNotForProgramsOfUsers()
    {
        var pool = new MakePool("p").Stored().Build();
        pool.Spec.NodeShare = new() { Enabled = true, HostPath = "/dev/shm/h", SizeLimit = "2Gi" };
        var container = WorkerOwner.Of(new MakeFunction("f").Container("example/server:2", 9000).Stored().Build());

        var worker = WorkerPodFactory.MakeIdle(pool, "p-0", Options).Spec;
        var program = WorkerPodFactory.MakeClaimed(pool, container, "f-x1", Claim, Options).Spec;

        var mount = worker.Containers[0].VolumeMounts!.Single(m => m.Name == "node-share").MountPath;
        var environment = worker.Containers[0].Env!.ToDictionary(e => e.Name, e => e.Value);
        Assert.Equal(("/dev/shm/h", "DirectoryOrCreate"), (worker.Volumes!.Single(v => v.Name == "node-share").HostPath!.Path, worker.Volumes!.Single(v => v.Name == "node-share").HostPath!.Type));
        Assert.Equal((mount, $"{2L << 30}"), (environment[WorkerEnvironment.NodeShare], environment[WorkerEnvironment.NodeShareBytes]));
        Assert.Null(program.Volumes);
        Assert.Null(program.Containers[0].VolumeMounts);
    }

    [Fact]
    public void MakeIdle_TemplateWithOurKeys_LeavesThemOut()
    {
        var pool = new MakePool("p").Stored().Template(new()
        {
            Labels = new Dictionary<string, string> { [HearthLabels.Function] = "thief", ["team"] = "a" },
            Annotations = new Dictionary<string, string> { [HearthAnnotations.Assignment] = "x", ["note"] = "b" },
        }).Build();

        var pod = WorkerPodFactory.MakeIdle(pool, "p-0", Options);

        Assert.Null(pod.GetLabel(HearthLabels.Function));
        Assert.Null(pod.GetAnnotation(HearthAnnotations.Assignment));
        Assert.Equal(("a", "b"), (pod.GetLabel("team"), pod.GetAnnotation("note")));
    }

    [Fact]
    public void TemplateHash_SamePool_IsOnEveryPodOfIt()
    {
        var pool = new MakePool("p").Stored().Build();
        var hash = WorkerPodFactory.TemplateHash(pool, Options);

        Assert.Equal(hash, WorkerPodFactory.MakeIdle(pool, "p-7", Options).GetAnnotation(HearthAnnotations.TemplateHash));
        Assert.Equal(
            hash,
            WorkerPodFactory.MakeClaimed(pool, WorkerOwner.Of(new MakeFunction().Stored().Build()), "f-1", Claim, Options).GetAnnotation(HearthAnnotations.TemplateHash));
    }

    [Fact]
    public void TemplateHash_WarmSizeChanged_Stays() =>
        Assert.Equal(Hash(new MakePool("p").Warm(1)), Hash(new MakePool("p").Warm(9)));

    [Fact]
    public void TemplateHash_WhatPodsAreMadeFromChanged_Changes()
    {
        var hashes = new[]
        {
            Hash(new MakePool("p")),
            Hash(new MakePool("p").Image("other")),
            Hash(new MakePool("p").Resources(new() { Gpu = 1 })),
            Hash(new MakePool("p").Template(new() { Labels = new Dictionary<string, string> { ["a"] = "b" } })),
            WorkerPodFactory.TemplateHash(new MakePool("p").Stored().Build(), Options with { DefaultImage = "hearth:2" }),
        };

        Assert.Equal(hashes.Length, hashes.Distinct().Count());
    }

    private static string Hash(MakePool pool) => WorkerPodFactory.TemplateHash(pool.Stored().Build(), Options);

    private static WorkerPool GpuPool() => new MakePool("gpu").Stored().Image("example/worker:3")
        .Resources(new() { Cpu = "4", Memory = "16Gi", Gpu = 1, GpuProduct = "NVIDIA-H200" })
        .Template(new()
        {
            NodeSelector = new Dictionary<string, string> { ["zone"] = "a" },
            Tolerations = [JsonDocument.Parse("""{"key":"gpu","operator":"Exists"}""").RootElement],
            PriorityClassName = "high",
            ImagePullSecrets = [new() { Name = "pull" }],
        })
        .Build();

    /// <summary>Compares with <c>Golden/{name}.json</c>. To accept a change on purpose, copy what the failure prints.</summary>
    private static void Matches(string name, V1Pod pod, [CallerFilePath] string here = "")
    {
        var actual = JsonSerializer.SerializeToNode(pod, ApiJsonContext.Default.V1Pod)!;
        var expected = JsonNode.Parse(File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "Golden", $"{name}.json")));
        Assert.True(JsonNode.DeepEquals(expected, actual), $"Pod differs from Golden/{name}.json. It is now:\n{actual}");
    }
}
