namespace Hearth.Federation.Protocol;

/// <summary>Answer to <c>GET rounds/{r}</c>.</summary>
public sealed record RoundReport
{
    /// <summary>The round.</summary>
    public int Round { get; set; }

    /// <summary>Where it stands.</summary>
    public RoundReportState State { get; set; }

    /// <summary>The model that it made; before that the one that its clients start from.</summary>
    public int ModelVersion { get; set; }

    /// <summary>SHA-256 of that model's weights.</summary>
    public string ModelDigest { get; set; } = "";

    /// <summary>Updates acknowledged whose model is not there yet.</summary>
    public IReadOnlyList<IncludedUpdate> Received { get; set; } = [];

    /// <summary>Updates in the model.</summary>
    public IReadOnlyList<IncludedUpdate> Included { get; set; } = [];

    /// <summary>Acknowledged updates that are not in it, with the reason.</summary>
    public IReadOnlyList<NotIncludedUpdate> NotIncluded { get; set; } = [];

    /// <summary>Only what concerns a client.</summary>
    public RoundReport Of(string client) => this with
    {
        Received = [.. Received.Where(update => update.Client == client)],
        Included = [.. Included.Where(update => update.Client == client)],
        NotIncluded = [.. NotIncluded.Where(update => update.Client == client)],
    };
}
