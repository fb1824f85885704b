namespace Hearth.Api.Workers;

/// <summary>Where an assignment stands.</summary>
public enum AssignmentState
{
    /// <summary>Fetching the artifact.</summary>
    Fetching,

    /// <summary>Opening the runtime and building the session.</summary>
    Loading,

    /// <summary>The role is taken: it serves, or its work begins.</summary>
    Ready,

    /// <summary>At work on something that ends by itself; the line says how far it is.</summary>
    Running,

    /// <summary>That work is done.</summary>
    Succeeded,

    /// <summary>Finishing running requests.</summary>
    Draining,

    /// <summary>Ended with a failure.</summary>
    Failed,
}
