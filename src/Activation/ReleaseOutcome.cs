namespace Hearth.Activation;

/// <summary>What became of a released worker.</summary>
public enum ReleaseOutcome
{
    /// <summary>It is idle in its pool again.</summary>
    Reused,

    /// <summary>Its pod is being deleted.</summary>
    Deleted,

    /// <summary>It was no longer under that assignment: another release was faster, or the pod is gone.</summary>
    Superseded,
}
