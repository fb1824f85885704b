using System.Globalization;
using System.Text.Json;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.TrainingJobs;

namespace Hearth.Policies.Pods;

/// <summary>Desired pods of container programs. Pure: the same input gives the same pod.</summary>
public static class TrainingPodFactory
{
    /// <summary>Name of the container.</summary>
    public const string ContainerName = "trainer";

    /// <summary>The worker's pod with the user's container in the place of the worker, run once, and told who it is as PyTorch's launchers tell it.</summary>
    /// <param name="pod">A worker's pod.</param>
    /// <param name="container">The program.</param>
    /// <param name="rank">Which of the processes it is, from 0.</param>
    /// <param name="worldSize">How many there are.</param>
    /// <param name="master">Address of the first; null for the first itself, whose node knows it.</param>
    public static V1Pod Make(V1Pod pod, TrainingContainer container, int rank, int worldSize, string? master)
    {
        var worker = pod.Spec.Containers[0];
        var rendezvous = Rendezvous(rank, worldSize, master);
        var reserved = rendezvous.Select(variable => variable.Name).ToHashSet();
        var user = worker with
        {
            Name = ContainerName,
            Image = container.Image,
            Command = container.Command,
            Args = container.Args,
            Env = [worker.Env![0], .. (container.Env ?? []).Where(variable => !reserved.Contains(variable.Name)), .. rendezvous],
            Ports = [new() { Name = "collective", ContainerPort = HearthApi.CollectivePort }],
            ReadinessProbe = null,
            LivenessProbe = null,
        };
        // What it said last is then in the pod's status, and so in the job's.
        user.UnknownFields = new() { ["terminationMessagePolicy"] = Json("\"FallbackToLogsOnError\"") };
        var made = WorkerPodFactory.WithProgram(pod, user);
        return made with { Spec = made.Spec with { RestartPolicy = "Never" } };
    }

    /// <summary>Variables of PyTorch's <c>env://</c>, and those that set the options of <c>torchrun</c>.</summary>
    private static IReadOnlyList<V1EnvVar> Rendezvous(int rank, int worldSize, string? master)
    {
        var port = Text(HearthApi.CollectivePort);
        return
        [
            new() { Name = "RANK", Value = Text(rank) },
            new() { Name = "WORLD_SIZE", Value = Text(worldSize) },
            new() { Name = "LOCAL_RANK", Value = "0" },
            new() { Name = "LOCAL_WORLD_SIZE", Value = "1" },
            new() { Name = "GROUP_RANK", Value = Text(rank) },
            Master("MASTER_ADDR"),
            new() { Name = "MASTER_PORT", Value = port },
            new() { Name = "PET_NNODES", Value = Text(worldSize) },
            new() { Name = "PET_NPROC_PER_NODE", Value = "1" },
            new() { Name = "PET_NODE_RANK", Value = Text(rank) },
            Master("PET_MASTER_ADDR"),
            new() { Name = "PET_MASTER_PORT", Value = port },
        ];

        V1EnvVar Master(string name) => master is null
            ? new() { Name = name, ValueFrom = new() { FieldRef = new() { FieldPath = "status.podIP" } } }
            : new() { Name = name, Value = master };
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
