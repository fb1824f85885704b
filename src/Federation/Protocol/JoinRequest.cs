namespace Hearth.Federation.Protocol;

/// <summary>Body of <c>POST clients</c>.</summary>
public sealed record JoinRequest
{
    /// <summary>The client's id: letters, digits, <c>.</c>, <c>_</c> and <c>-</c>, at most 63, the first a letter or digit. Whoever has an id is that client.</summary>
    public string Id { get; set; } = "";

    /// <summary>Examples that it has.</summary>
    public long Examples { get; set; }

    /// <summary>What it can do beyond the minimum; none is known yet.</summary>
    public IReadOnlyList<string>? Capabilities { get; set; }
}
