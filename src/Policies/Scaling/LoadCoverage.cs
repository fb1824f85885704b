namespace Hearth.Policies.Scaling;

/// <summary>How much of the traffic a measurement covers. Only full knowledge lets a scaler remove workers.</summary>
public enum LoadCoverage
{
    /// <summary>No gateway is known: nobody reports, and nobody can invoke either.</summary>
    None,

    /// <summary>A gateway that is alive has not answered for longer than the grace time, so its requests are not seen.</summary>
    Partial,

    /// <summary>Every gateway reports, or was silent for less than the grace time.</summary>
    Complete,
}
