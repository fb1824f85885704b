using Hearth.Activation;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Api.Workers;
using Hearth.Operator.Workers;

namespace Hearth.Operator.TrainingJobs;

/// <summary>Tells how a job's workers stand. Pure.</summary>
/// <param name="job">The job's uid.</param>
/// <param name="isContainer">Whether each runs the user's container, which tells nothing but its exit code.</param>
/// <param name="reports">What workers answered, by uid of their pods.</param>
/// <param name="assigning">Uids of the pods that this process is assigning.</param>
internal sealed class GangReader(string job, bool isContainer, IReadOnlyDictionary<string, WorkerReport> reports, IReadOnlySet<string> assigning)
{
    /// <summary>The workers of a group, one for each rank there is, in that order.</summary>
    public IReadOnlyList<GangMember> Read(IEnumerable<V1Pod> pods, int attempt) =>
    [
        .. pods
            .Where(pod => GangMember.IsOf(pod, job, attempt))
            .GroupBy(pod => GangMember.RankOf(pod)!.Value)
            .Select(rank => rank.OrderBy(pod => pod.Metadata.CreationTimestamp).ThenBy(pod => pod.Name(), StringComparer.Ordinal).First())
            .Select(Read)
            .OrderBy(member => member.Rank),
    ];

    private GangMember Read(V1Pod pod)
    {
        var rank = GangMember.RankOf(pod)!.Value;
        if (pod.IsDeleting())
            return Lost(pod, rank, WorkerLost($"worker \"{pod.Name()}\" is being deleted"));
        return isContainer ? ReadContainer(pod, rank) : ReadWorker(pod, rank);
    }

    private GangMember ReadWorker(V1Pod pod, int rank)
    {
        if (pod.State() == WorkerState.Failed)
            return Lost(pod, rank, pod.Failure() ?? WorkerLost($"worker \"{pod.Name()}\" did not say why it failed"));
        if (pod.IsGone())
            return Lost(pod, rank, WorkerLost($"worker \"{pod.Name()}\" ended: {PodProblem.Of(pod)}"));
        if (pod.State() == WorkerState.Draining)
            return Lost(pod, rank, WorkerLost($"worker \"{pod.Name()}\" was given back"));
        if (pod.State() == WorkerState.Claimed)
            return new(pod, rank, assigning.Contains(pod.Uid()) ? GangMemberState.Loading : pod.IsReady() ? GangMemberState.Ready : GangMemberState.Coming);
        if (pod.LostAssignment())
            return Lost(pod, rank, WorkerLost($"the process of worker \"{pod.Name()}\" was started anew{(PodProblem.OfEarlierRun(pod) is { } end ? $": {end}" : "")}"));
        return reports.TryGetValue(pod.Uid(), out var report) ? ReadReport(pod, rank, report) : new(pod, rank, GangMemberState.Training);
    }

    private static GangMember ReadReport(V1Pod pod, int rank, WorkerReport report) => report switch
    {
        { IsLost: true } => Lost(pod, rank, WorkerLost(report.Trouble!)),
        { Line.State: AssignmentState.Failed } => Lost(pod, rank, report.Line.Failure ?? WorkerLost($"worker \"{pod.Name()}\" did not say why it failed")) with { Progress = report.Line.Training },
        { Line.State: AssignmentState.Draining } => Lost(pod, rank, WorkerLost($"worker \"{pod.Name()}\" is stopping")),
        { Line.State: AssignmentState.Succeeded } => new(pod, rank, GangMemberState.Succeeded) { Progress = report.Line.Training },
        _ => new(pod, rank, GangMemberState.Training) { Progress = report.Line?.Training },
    };

    private static GangMember ReadContainer(V1Pod pod, int rank) => pod.Status?.Phase switch
    {
        "Succeeded" => new(pod, rank, GangMemberState.Succeeded),
        "Failed" => Lost(pod, rank, new(AssignmentFailureReason.ContainerFailed, LastWords(pod), Retriable: true)),
        "Running" => new(pod, rank, GangMemberState.Training),
        _ => new(pod, rank, GangMemberState.Coming),
    };

    private static string LastWords(V1Pod pod)
    {
        var ended = pod.Status!.ContainerStatuses?.FirstOrDefault(status => status.State?.Terminated is { ExitCode: not 0 });
        return ended is { State.Terminated: { } end }
            ? $"container \"{ended.Name}\" of pod \"{pod.Name()}\" exited with code {end.ExitCode}{(end.Message is { Length: > 0 } message ? $": {message}" : "")}"
            : $"pod \"{pod.Name()}\" failed: {pod.Status.Reason} {pod.Status.Message}".TrimEnd();
    }

    private static GangMember Lost(V1Pod pod, int rank, AssignmentFailure failure) => new(pod, rank, GangMemberState.Lost) { Failure = failure };

    private static AssignmentFailure WorkerLost(string message) => new(AssignmentFailureReason.WorkerLost, message, Retriable: true);
}
