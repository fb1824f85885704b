namespace Hearth.Api.InferenceFunctions;

/// <summary>A share of a function's requests as it is really routed.</summary>
public sealed record TrafficStatus
{
    /// <summary>The revision that answers: another than asked for while that one is not ready.</summary>
    public string Revision { get; set; } = "";

    /// <summary>Whether the share was given to the latest revision, not to one by name.</summary>
    public bool Latest { get; set; }

    /// <summary>Requests of a hundred.</summary>
    public int Percent { get; set; }
}
