namespace Hearth.Api.WorkerPools;

/// <summary>How the number of idle workers is chosen.</summary>
public enum WarmPolicy
{
    /// <summary>Always <c>min</c>.</summary>
    Fixed,

    /// <summary>Between <c>min</c> and <c>max</c>, by forecast.</summary>
    Predictive,
}
