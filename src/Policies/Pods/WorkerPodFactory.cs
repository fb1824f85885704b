using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Meta;
using Hearth.Api.WorkerPools;
using Hearth.Api.Workers;

namespace Hearth.Policies.Pods;

/// <summary>Desired pods of workers. Pure: the same input gives the same pod.</summary>
public static class WorkerPodFactory
{
    private const string ContainerName = "worker";
    private const string CacheVolume = "cache";

    // Three quarters are left to the model that serves, its requests and the runtime.
    private const double ResidentShare = 0.25;

    private const string CacheMount = "/var/cache/hearth";
    private const string ShareVolume = "node-share";
    private const string ShareMount = "/run/hearth/share";
    private const string OurPrefix = HearthApi.Group + "/";

    /// <summary>An idle worker of <paramref name="pool"/>, owned by the pool.</summary>
    public static V1Pod MakeIdle(WorkerPool pool, string name, WorkerPodOptions options) =>
        Make(pool, name, options, WorkerLabels(pool, WorkerState.Idle), [], pool.MakeOwnerReference());

    /// <summary>A worker made for <paramref name="owner"/> because the pool had none: already claimed and owned.</summary>
    public static V1Pod MakeClaimed(
        WorkerPool pool, WorkerOwner owner, string name, IReadOnlyDictionary<string, string> claimAnnotations, WorkerPodOptions options)
    {
        var labels = WorkerLabels(pool, WorkerState.Claimed);
        labels[owner.Label] = owner.Name;
        var pod = Make(pool, name, options, labels, claimAnnotations, owner.Reference);
        return owner.Customize is { } customize ? customize(pod) : pod;
    }

    /// <summary>Which artifact cache a pod uses: the same for those that share their node's, and of its own for one with an emptyDir.</summary>
    public static string CacheOf(V1Pod pod) =>
        pod.Spec.NodeName is { Length: > 0 } node && pod.Spec.Volumes?.FirstOrDefault(volume => volume.Name == CacheVolume)?.HostPath is { } shared
            ? $"{node}:{shared.Path}"
            : pod.Uid();

    /// <summary>What <see cref="HearthAnnotations.TemplateHash"/> is on a worker that <paramref name="pool"/> makes now.</summary>
    public static string TemplateHash(WorkerPool pool, WorkerPodOptions options) =>
        MakeIdle(pool, "", options).Metadata.Annotations![HearthAnnotations.TemplateHash];

    private static Dictionary<string, string> WorkerLabels(WorkerPool pool, string state) => new(WithoutOurs(pool.Spec.Template.Labels))
    {
        [HearthLabels.Pool] = pool.Name(),
        [HearthLabels.WorkerState] = state,
    };

    private static V1Pod Make(
        WorkerPool pool, string name, WorkerPodOptions options, Dictionary<string, string> labels,
        IEnumerable<KeyValuePair<string, string>> annotations, V1OwnerReference owner)
    {
        var spec = MakeSpec(pool, options);
        return new()
        {
            ApiVersion = V1Pod.Definition.ApiVersion,
            Kind = V1Pod.Definition.Kind,
            Metadata = new()
            {
                Name = name,
                Namespace = pool.Namespace(),
                Labels = labels,
                Annotations = new Dictionary<string, string>(WithoutOurs(pool.Spec.Template.Annotations).Concat(annotations))
                {
                    [HearthAnnotations.TemplateHash] = Hash(spec, pool.Spec.Template),
                },
                OwnerReferences = [owner],
            },
            Spec = spec,
        };
    }

    private static V1PodSpec MakeSpec(WorkerPool pool, WorkerPodOptions options)
    {
        var template = pool.Spec.Template;
        return new()
        {
            RestartPolicy = "Always",
            EnableServiceLinks = false,
            AutomountServiceAccountToken = false,
            ServiceAccountName = template.ServiceAccountName,
            TerminationGracePeriodSeconds = 30,
            NodeSelector = NodeSelector(pool),
            Tolerations = template.Tolerations,
            RuntimeClassName = template.RuntimeClassName,
            PriorityClassName = template.PriorityClassName,
            ImagePullSecrets = template.ImagePullSecrets,
            SecurityContext = Json("""{"runAsNonRoot":true,"seccompProfile":{"type":"RuntimeDefault"}}"""),
            Containers = [WorkerContainer(pool, options)],
            Volumes =
            [
                (pool.Spec.ArtifactCache.HostPath ?? options.CacheHostPath) is { Length: > 0 } path
                    ? new() { Name = CacheVolume, HostPath = new() { Path = path, Type = "DirectoryOrCreate" } }
                    : new() { Name = CacheVolume, EmptyDir = new() { SizeLimit = pool.Spec.ArtifactCache.SizeLimit } },
                .. pool.Spec.NodeShare is { Enabled: true, HostPath: var share }
                    ? [new V1Volume { Name = ShareVolume, HostPath = new() { Path = share, Type = "DirectoryOrCreate" } }]
                    : Array.Empty<V1Volume>(),
                .. template.Volumes ?? [],
            ],
        };
    }

    private static V1Container WorkerContainer(WorkerPool pool, WorkerPodOptions options)
    {
        var cacheBytes = (long)Quantity.Parse(pool.Spec.ArtifactCache.SizeLimit);
        return new()
        {
            Name = ContainerName,
            Image = pool.Spec.Image is { Length: > 0 } image ? image : options.DefaultImage,
            Args = ["worker"],
            Env =
            [
                new() { Name = WorkerEnvironment.PodIP, ValueFrom = new() { FieldRef = new() { FieldPath = "status.podIP" } } },
                new()
                {
                    Name = WorkerEnvironment.Token,
                    ValueFrom = new() { SecretKeyRef = new() { Name = WorkerPoolSecret.Name(pool.Name()), Key = WorkerPoolSecret.TokenKey } },
                },
                new() { Name = WorkerEnvironment.CacheDirectory, Value = CacheMount },
                new() { Name = WorkerEnvironment.CacheBytes, Value = cacheBytes.ToString(CultureInfo.InvariantCulture) },
                new() { Name = WorkerEnvironment.ResidentBytes, Value = ResidentBytes(pool.Spec).ToString(CultureInfo.InvariantCulture) },
                new() { Name = WorkerEnvironment.DataPort, Value = options.DataPort.ToString(CultureInfo.InvariantCulture) },
                new() { Name = WorkerEnvironment.ControlPort, Value = options.ControlPort.ToString(CultureInfo.InvariantCulture) },
                .. ShareEnvironment(pool.Spec.NodeShare),
                .. ArtifactVariables.Of(pool.Spec),
            ],
            Ports =
            [
                new() { Name = HearthApi.DataPortName, ContainerPort = options.DataPort },
                new() { Name = HearthApi.ControlPortName, ContainerPort = options.ControlPort },
            ],
            Resources = Resources(pool.Spec.Resources),
            VolumeMounts =
            [
                new() { Name = CacheVolume, MountPath = CacheMount },
                .. pool.Spec.NodeShare.Enabled ? [new V1VolumeMount { Name = ShareVolume, MountPath = ShareMount }] : Array.Empty<V1VolumeMount>(),
                .. pool.Spec.Template.VolumeMounts ?? [],
            ],
            // Startup is polled fast: a claimable worker is worth more the sooner it is known.
            ReadinessProbe = new() { HttpGet = new() { Path = "/readyz", Port = Json($"\"{HearthApi.ControlPortName}\"") }, PeriodSeconds = 1 },
            LivenessProbe = new()
            {
                HttpGet = new() { Path = "/healthz", Port = Json($"\"{HearthApi.ControlPortName}\"") },
                PeriodSeconds = 10,
                TimeoutSeconds = 5,
                FailureThreshold = 6,
            },
            SecurityContext = Json("""{"allowPrivilegeEscalation":false,"capabilities":{"drop":["ALL"]}}"""),
        };
    }

    /// <summary>Without it, what goes from one worker to another is sent, on the same node too.</summary>
    private static V1EnvVar[] ShareEnvironment(NodeShareSpec share) => !share.Enabled ? [] :
    [
        new() { Name = WorkerEnvironment.NodeShare, Value = ShareMount },
        new() { Name = WorkerEnvironment.NodeShareBytes, Value = ((long)Quantity.Parse(share.SizeLimit)).ToString(CultureInfo.InvariantCulture) },
    ];

    /// <summary>The pod with the function's container in the place of the worker.</summary>
    internal static V1Pod RunFunctionContainer(V1Pod pod, FunctionContainer container)
    {
        var worker = pod.Spec.Containers[0];
        var user = worker with
        {
            Image = container.Image,
            Command = container.Command,
            Args = container.Args,
            Env = [new() { Name = "PORT", Value = container.Port.ToString(CultureInfo.InvariantCulture) }, worker.Env![0], .. container.Env ?? []],
            Ports = [new() { Name = HearthApi.DataPortName, ContainerPort = container.Port }],
            ReadinessProbe = new() { PeriodSeconds = 1 },
            LivenessProbe = null,
        };
        // A container that listens is ready: there is no path that every user's program answers.
        user.ReadinessProbe!.UnknownFields = new() { ["tcpSocket"] = Json($$"""{"port":"{{HearthApi.DataPortName}}"}""") };
        return WithProgram(pod, user);
    }

    /// <summary>The pod with a user's program in the place of the worker: it has the pool's volumes, and neither the worker's cache nor its node's share.</summary>
    internal static V1Pod WithProgram(V1Pod pod, V1Container program)
    {
        var mounts = program.VolumeMounts?.Where(mount => mount.Name is not (CacheVolume or ShareVolume)).ToList();
        var volumes = pod.Spec.Volumes?.Where(volume => volume.Name is not (CacheVolume or ShareVolume)).ToList();
        return pod with
        {
            Spec = pod.Spec with
            {
                Containers = [program with { VolumeMounts = mounts is { Count: > 0 } ? mounts : null }],
                Volumes = volumes is { Count: > 0 } ? volumes : null,
            },
        };
    }

    private static long ResidentBytes(WorkerPoolSpec spec) => spec.ResidentModels.SizeLimit is { Length: > 0 } limit
        ? (long)Quantity.Parse(limit)
        : (long)(Quantity.Parse(spec.Resources.Memory) * ResidentShare);

    private static V1ResourceRequirements Resources(WorkerResources resources)
    {
        var quantities = new Dictionary<string, string> { ["cpu"] = resources.Cpu, ["memory"] = resources.Memory };
        if (resources.Gpu > 0)
            quantities[resources.GpuResourceName] = resources.Gpu.ToString(CultureInfo.InvariantCulture);
        return new() { Requests = quantities, Limits = quantities };
    }

    private static Dictionary<string, string>? NodeSelector(WorkerPool pool)
    {
        var selector = new Dictionary<string, string>(pool.Spec.Template.NodeSelector ?? new Dictionary<string, string>());
        if (pool.Spec.Resources.GpuProduct is { Length: > 0 } product)
            selector["nvidia.com/gpu.product"] = product;
        return selector.Count > 0 ? selector : null;
    }

    /// <summary>A template cannot set what the claim protocol reads: an idle worker that names a function would look claimed.</summary>
    private static IEnumerable<KeyValuePair<string, string>> WithoutOurs(IReadOnlyDictionary<string, string>? values) =>
        values?.Where(pair => !pair.Key.StartsWith(OurPrefix, StringComparison.Ordinal)) ?? [];

    private static string Hash(V1PodSpec spec, WorkerTemplate template)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(JsonSerializer.SerializeToUtf8Bytes(spec, ApiJsonContext.Default.V1PodSpec));
        hash.AppendData(JsonSerializer.SerializeToUtf8Bytes(template, ApiJsonContext.Default.WorkerTemplate));
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8));
    }

    private static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
