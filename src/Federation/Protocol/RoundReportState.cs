namespace Hearth.Federation.Protocol;

/// <summary>Where a round stands, for clients.</summary>
public enum RoundReportState
{
    /// <summary>It takes updates.</summary>
    Collecting,

    /// <summary>Its model is being made.</summary>
    Committing,

    /// <summary>Its model is there.</summary>
    Published,
}
