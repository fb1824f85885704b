using System.Globalization;
using System.Text.Json;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Api.Workers;

namespace Hearth.Testing;

/// <summary>A worker pod in any state: <c>new MakeWorker("p-0").Ready().Assigned("f").Build()</c>.</summary>
public sealed class MakeWorker
{
    /// <summary>Hash of the function that workers are claimed for, unless another is given.</summary>
    public const string CurrentHash = "current";

    private readonly Dictionary<string, string> _labels = [];
    private readonly Dictionary<string, string> _annotations = [];
    private readonly V1Pod _pod;

    public MakeWorker(string name, string pool = "default")
    {
        _labels[HearthLabels.Pool] = pool;
        _labels[HearthLabels.WorkerState] = WorkerState.Idle;
        _pod = new()
        {
            ApiVersion = V1Pod.Definition.ApiVersion,
            Kind = V1Pod.Definition.Kind,
            Metadata = new()
            {
                Name = name,
                Namespace = MakeFunction.DefaultNamespace,
                Uid = $"uid-{name}",
                ResourceVersion = "1",
                Labels = _labels,
                Annotations = _annotations,
            },
            Spec = new()
            {
                NodeName = "node-1",
                Containers =
                [
                    new()
                    {
                        Name = "worker",
                        Image = "hearth",
                        Ports =
                        [
                            new() { Name = HearthApi.DataPortName, ContainerPort = HearthApi.WorkerDataPort },
                            new() { Name = HearthApi.ControlPortName, ContainerPort = HearthApi.ControlPort },
                        ],
                    },
                ],
            },
            Status = new() { Phase = "Pending" },
        };
    }

    public MakeWorker Created(DateTimeOffset time)
    {
        _pod.Metadata.CreationTimestamp = time;
        return this;
    }

    public MakeWorker TemplateHash(string hash)
    {
        _annotations[HearthAnnotations.TemplateHash] = hash;
        return this;
    }

    public MakeWorker OwnedBy(string uid)
    {
        _pod.Metadata.OwnerReferences = [new() { Uid = uid, Name = "owner", Kind = "Owner", ApiVersion = "v1", Controller = true }];
        return this;
    }

    public MakeWorker OnNode(string node, string? zone = null)
    {
        _pod.Spec.NodeName = node;
        if (zone is not null)
            _labels["topology.kubernetes.io/zone"] = zone;
        return this;
    }

    /// <summary>Shares its node's artifact cache.</summary>
    public MakeWorker SharesCache(string path = "/var/cache/hearth")
    {
        _pod.Spec.Volumes = [new() { Name = "cache", HostPath = new() { Path = path, Type = "DirectoryOrCreate" } }];
        return this;
    }

    /// <summary>Told at <paramref name="time"/>, in milliseconds since 1970, what its cache holds.</summary>
    public MakeWorker Told(long time, params string[] keys)
    {
        _annotations[HearthAnnotations.Artifacts] = new ArtifactReport { Time = time, Keys = keys }.ToString();
        return this;
    }

    /// <summary>Told at <paramref name="time"/>, in milliseconds since 1970, which models it has loaded.</summary>
    public MakeWorker ToldLoaded(long time, params string[] keys)
    {
        _annotations[HearthAnnotations.Artifacts] = new ArtifactReport { Time = time, Loaded = keys }.ToString();
        return this;
    }

    public MakeWorker Deleting(DateTimeOffset since)
    {
        _pod.Metadata.DeletionTimestamp = since;
        return this;
    }

    public MakeWorker Ready(string ip = "127.0.0.1")
    {
        _pod.Status = new() { Phase = "Running", PodIP = ip, Conditions = [new() { Type = "Ready", Status = ConditionStatus.True }] };
        return this;
    }

    public MakeWorker Status(V1PodStatus status)
    {
        _pod.Status = status;
        return this;
    }

    public MakeWorker Claimed(string function, DateTimeOffset at, string by = "gateway", string hash = CurrentHash, string? assignment = null)
    {
        _labels[HearthLabels.WorkerState] = WorkerState.Claimed;
        _labels[HearthLabels.Function] = function;
        _annotations[HearthAnnotations.ClaimedBy] = by;
        _annotations[HearthAnnotations.LastUsed] = at.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        _annotations[HearthAnnotations.Assignment] = assignment ?? $"assignment-of-{_pod.Metadata.Name}";
        _annotations[HearthAnnotations.FunctionGeneration] = "1";
        _annotations[HearthAnnotations.FunctionHash] = hash;
        return this;
    }

    public MakeWorker Assigned(string function, DateTimeOffset at, ColdStart? coldStart = null, string hash = CurrentHash)
    {
        Claimed(function, at, hash: hash);
        _labels[HearthLabels.WorkerState] = WorkerState.Assigned;
        _annotations[HearthAnnotations.ColdStart] = JsonSerializer.Serialize(
            coldStart ?? new() { Total = TimeSpan.FromMilliseconds(50), Time = at }, ApiJsonContext.Default.ColdStart);
        return this;
    }

    public MakeWorker Failed(string function, DateTimeOffset at, AssignmentFailure failure, string hash = CurrentHash)
    {
        Claimed(function, at, hash: hash);
        _labels[HearthLabels.WorkerState] = WorkerState.Failed;
        _annotations[HearthAnnotations.Failure] = JsonSerializer.Serialize(failure, ApiJsonContext.Default.AssignmentFailure);
        return this;
    }

    /// <summary>Claimed for an owner of any kind, whose hash an annotation carries.</summary>
    public MakeWorker Claimed(string label, string owner, DateTimeOffset at, string annotation, string hash)
    {
        _labels[HearthLabels.WorkerState] = WorkerState.Claimed;
        _labels[label] = owner;
        _annotations[HearthAnnotations.ClaimedBy] = "operator";
        _annotations[HearthAnnotations.LastUsed] = at.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        _annotations[HearthAnnotations.Assignment] = $"assignment-of-{_pod.Metadata.Name}";
        _annotations[annotation] = hash;
        return this;
    }

    /// <summary>In a place of a federation's tree.</summary>
    public MakeWorker Slot(string slot, string node = "node-1")
    {
        _annotations[HearthAnnotations.AggregatorSlot] = slot;
        _pod.Spec.NodeName = node;
        return this;
    }

    /// <summary>What was claimed serves since <paramref name="at"/>.</summary>
    public MakeWorker Serving(DateTimeOffset at)
    {
        _labels[HearthLabels.WorkerState] = WorkerState.Assigned;
        _annotations[HearthAnnotations.ColdStart] = JsonSerializer.Serialize(
            new() { Total = TimeSpan.FromMilliseconds(50), Time = at }, ApiJsonContext.Default.ColdStart);
        return this;
    }

    /// <summary>The assignment of what was claimed failed.</summary>
    public MakeWorker Failed(AssignmentFailure failure)
    {
        _labels[HearthLabels.WorkerState] = WorkerState.Failed;
        _annotations[HearthAnnotations.Failure] = JsonSerializer.Serialize(failure, ApiJsonContext.Default.AssignmentFailure);
        return this;
    }

    /// <summary>Claimed as one of a job's group of workers.</summary>
    public MakeWorker Trains(string job, string uid, int attempt, int rank, DateTimeOffset at)
    {
        Claimed(HearthLabels.TrainingJob, job, at, HearthAnnotations.TrainingJobUid, uid);
        _annotations[HearthAnnotations.TrainingAttempt] = attempt.ToString(CultureInfo.InvariantCulture);
        _annotations[HearthAnnotations.TrainingRank] = rank.ToString(CultureInfo.InvariantCulture);
        return this;
    }

    public MakeWorker State(string state)
    {
        _labels[HearthLabels.WorkerState] = state;
        return this;
    }

    public V1Pod Build() => _pod;
}
