using System.Globalization;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Api.Workers;

namespace Hearth.Operator.TrainingJobs;

/// <summary>One worker of a job's present group.</summary>
/// <param name="Pod">The worker.</param>
/// <param name="Rank">Which of the group it is.</param>
/// <param name="State">How it stands.</param>
internal sealed record GangMember(V1Pod Pod, int Rank, GangMemberState State)
{
    /// <summary>Why it is lost.</summary>
    public AssignmentFailure? Failure { get; init; }

    /// <summary>How far it says it is.</summary>
    public TrainingProgress? Progress { get; init; }

    /// <summary>The rank that a claim wrote on a pod; null when it is none.</summary>
    public static int? RankOf(V1Pod pod) => Number(pod, HearthAnnotations.TrainingRank);

    /// <summary>Whether a pod was taken for a job's group of that number.</summary>
    public static bool IsOf(V1Pod pod, string jobUid, int attempt) =>
        pod.GetAnnotation(HearthAnnotations.TrainingJobUid) == jobUid && Number(pod, HearthAnnotations.TrainingAttempt) == attempt && RankOf(pod) is not null;

    private static int? Number(V1Pod pod, string annotation) =>
        int.TryParse(pod.GetAnnotation(annotation), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
