namespace Hearth.Api.Workers;

/// <summary>Where an assignment stands.</summary>
public enum AssignmentState
{
    /// <summary>Fetching the artifact.</summary>
    Fetching,

    /// <summary>Opening the runtime and building the session.</summary>
    Loading,

    /// <summary>Serving.</summary>
    Ready,

    /// <summary>Finishing running requests.</summary>
    Draining,

    /// <summary>Ended with a failure.</summary>
    Failed,
}
