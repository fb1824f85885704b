namespace Hearth.Api.WorkerPools;

/// <summary>Whether a worker returns to its pool.</summary>
public enum ReusePolicy
{
    /// <summary>Yes, when it ran no user code and reset cleanly.</summary>
    WhenSafe,

    /// <summary>No; it is deleted and replaced.</summary>
    Never,
}
