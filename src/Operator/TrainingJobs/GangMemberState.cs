namespace Hearth.Operator.TrainingJobs;

/// <summary>How one worker of a job stands.</summary>
internal enum GangMemberState
{
    /// <summary>Its pod is not Ready yet.</summary>
    Coming,

    /// <summary>It waits for its assignment, or a container for the others to come.</summary>
    Ready,

    /// <summary>It fetches, loads and meets the other ranks.</summary>
    Loading,

    /// <summary>It trains.</summary>
    Training,

    /// <summary>Its part is done.</summary>
    Succeeded,

    /// <summary>It failed or is gone.</summary>
    Lost,
}
