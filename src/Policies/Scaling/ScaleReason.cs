namespace Hearth.Policies.Scaling;

/// <summary>What decided a number of workers.</summary>
public enum ScaleReason
{
    /// <summary>The measured concurrency, divided by the target.</summary>
    Load,

    /// <summary>A burst: twice the workers there are, or more, were wanted within the last stable window. None is removed until it is over.</summary>
    Panic,

    /// <summary>Nobody asked for longer than the keep-alive time.</summary>
    Idle,

    /// <summary>The last worker stays until its keep-alive time is over.</summary>
    KeepAlive,

    /// <summary>The load is not known well enough to remove a worker.</summary>
    NoData,

    /// <summary><c>scale.min</c>.</summary>
    Minimum,

    /// <summary><c>scale.max</c>.</summary>
    Maximum,
}
