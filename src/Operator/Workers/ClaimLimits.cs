namespace Hearth.Operator.Workers;

/// <summary>How long a claimed worker is waited for.</summary>
internal static class ClaimLimits
{
    /// <summary>A claimed worker that is Ready and still claimed after this time is assigned again; under the same id that is harmless when its claimer lives.</summary>
    public static readonly TimeSpan TakeOverAfter = TimeSpan.FromSeconds(30);

    /// <summary>A claimed worker that does not serve after this time is given up. As long as a cluster may take to add a GPU node.</summary>
    public static readonly TimeSpan GiveUpAfter = TimeSpan.FromMinutes(15);
}
