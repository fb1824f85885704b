namespace Hearth.Api.Workers;

/// <summary>Reasons of a failed assignment; they become the reason of the owner's condition: of a function's <c>ModelLoaded</c>, of another kind's <c>Succeeded</c>.</summary>
public static class AssignmentFailureReason
{
    /// <summary>The URI does not resolve, or the server does not have it.</summary>
    public const string ArtifactNotFound = "ArtifactNotFound";

    /// <summary>The artifact could not be read: network, permission, disk.</summary>
    public const string ArtifactUnavailable = "ArtifactUnavailable";

    /// <summary>The bytes are not those that <c>model.sha256</c> names.</summary>
    public const string DigestMismatch = "DigestMismatch";

    /// <summary>The runtime does not take the file as a model.</summary>
    public const string InvalidModel = "InvalidModel";

    /// <summary>The runtime for the format is not there.</summary>
    public const string RuntimeUnavailable = "RuntimeUnavailable";

    /// <summary>The output cannot be used: another federation's, damaged, not writable, in no bucket, or of a scheme that is not served.</summary>
    public const string OutputUnavailable = "OutputUnavailable";

    /// <summary>The files are no data of their format, or do not fit each other.</summary>
    public const string InvalidDataset = "InvalidDataset";

    /// <summary>The model cannot be built, or does not fit its data.</summary>
    public const string InvalidArchitecture = "InvalidArchitecture";

    /// <summary>The loss is no number any more.</summary>
    public const string Diverged = "Diverged";

    /// <summary>The checkpoints are those of another training.</summary>
    public const string CheckpointMismatch = "CheckpointMismatch";

    /// <summary>A checkpoint or a model could not be written.</summary>
    public const string StorageFailed = "StorageFailed";

    /// <summary>Another rank of the training is gone, or never came.</summary>
    public const string PeerLost = "PeerLost";

    /// <summary>A user's container exited with another code than 0.</summary>
    public const string ContainerFailed = "ContainerFailed";

    /// <summary>The worker went away or answered out of contract.</summary>
    public const string WorkerLost = "WorkerLost";

    /// <summary>The assignment did not end in time.</summary>
    public const string DeadlineExceeded = "DeadlineExceeded";
}
