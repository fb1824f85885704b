using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Hearth.Api;
using Hearth.Api.Meta;
using Hearth.Api.TrainingJobs;
using Hearth.Api.Workers;
using Hearth.Policies.Pods;

namespace Hearth.Operator.TrainingJobs;

/// <summary>What workers are claimed and assigned as, to train for a job. Pure.</summary>
internal static class TrainingClaim
{
    /// <summary>A job as owner of one of its workers.</summary>
    /// <param name="job">The job.</param>
    /// <param name="attempt">Number of the group.</param>
    /// <param name="rank">Which of the group it is.</param>
    /// <param name="master">Address of the first of the group, where it is known.</param>
    public static WorkerOwner Owner(TrainingJob job, int attempt, int rank, string? master) => new()
    {
        Namespace = job.Namespace(),
        Name = job.Name(),
        Label = HearthLabels.TrainingJob,
        Reference = job.MakeOwnerReference(),
        Annotations = new Dictionary<string, string>
        {
            [HearthAnnotations.TrainingJobUid] = job.Uid(),
            [HearthAnnotations.TrainingAttempt] = Text(attempt),
            [HearthAnnotations.TrainingRank] = Text(rank),
        },
        Customize = job.Spec.Program.Container is { } container
            ? pod => TrainingPodFactory.Make(pod, container, rank, job.Spec.Workers.Count, rank == 0 ? null : master)
            : null,
    };

    /// <summary>The assignment of one worker of a group that is complete, its id left to the claim.</summary>
    public static Assignment Assignment(TrainingJob job, int attempt, GangMember member, IReadOnlyList<GangMember> members) => new()
    {
        Role = WorkerRole.Trainer,
        Uid = job.Uid(),
        Namespace = job.Namespace(),
        Name = job.Name(),
        Generation = job.Metadata.Generation ?? 0,
        Training = new()
        {
            Spec = job.Spec,
            Rank = member.Rank,
            Peers = [.. members.Select(m => new IPEndPoint(IPAddress.Parse(m.Pod.Status!.PodIP!), HearthApi.CollectivePort).ToString())],
            Attempt = attempt,
            Token = Token(job, attempt, members),
        },
    };

    /// <summary>
    /// What only the group knows: made from the random ids of its claims, so that another operator that goes on with the same group finds the same.
    /// </summary>
    private static string Token(TrainingJob job, int attempt, IReadOnlyList<GangMember> members)
    {
        var claims = members.Select(m => m.Pod.GetAnnotation(HearthAnnotations.Assignment) ?? m.Pod.Uid());
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{job.Uid()} {Text(attempt)} {string.Join(' ', claims)}")));
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
