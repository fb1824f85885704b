using Hearth.Federation.Protocol;

namespace Hearth.Federation.Models;

/// <summary>Content of <c>rounds/{r}/manifest.json</c>: what went into a model, and what did not.</summary>
/// <remarks>Every acknowledged update of the round is in one of the two lists. Writing it again gives the same bytes.</remarks>
internal sealed record RoundManifest
{
    /// <summary>Uid of the federation.</summary>
    public string Federation { get; set; } = "";

    /// <summary>The round, from 1.</summary>
    public int Round { get; set; }

    /// <summary>Version of the model that its clients started from.</summary>
    public int BaseModelVersion { get; set; }

    /// <summary>Version of the model that it made.</summary>
    public int ModelVersion { get; set; }

    /// <summary>SHA-256 of that model's weights.</summary>
    public string ModelDigest { get; set; } = "";

    /// <summary>When it stopped taking updates.</summary>
    public DateTimeOffset Closed { get; set; }

    /// <summary>Sum of the weights: the examples of all updates included.</summary>
    public long Examples { get; set; }

    /// <summary>Updates in the model, in the order in which they were folded.</summary>
    public IReadOnlyList<IncludedUpdate> Included { get; set; } = [];

    /// <summary>Acknowledged updates that are not in it, with the reason.</summary>
    public IReadOnlyList<NotIncludedUpdate> NotIncluded { get; set; } = [];
}
