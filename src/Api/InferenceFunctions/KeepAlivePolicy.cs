namespace Hearth.Api.InferenceFunctions;

/// <summary>How the keep-alive time is chosen.</summary>
public enum KeepAlivePolicy
{
    /// <summary>Always <c>duration</c>.</summary>
    Fixed,

    /// <summary>From the histogram of idle times ("Serverless in the Wild", ATC 2020).</summary>
    Histogram,

    /// <summary>The time, or a later window, that minimises expected cold-start cost and idle cost.</summary>
    Adaptive,
}
