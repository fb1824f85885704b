using Hearth.Api.FederatedAggregations;

namespace Hearth.Federation.Protocol;

/// <summary>Answer to <c>GET task</c>. URLs are relative to the federation's.</summary>
public sealed record ClientTask
{
    /// <summary>What to do.</summary>
    public ClientTaskState State { get; set; }

    /// <summary>The round to train for.</summary>
    public int? Round { get; set; }

    /// <summary>The model to start from; the last one once finished.</summary>
    public int ModelVersion { get; set; }

    /// <summary>Where its weights are.</summary>
    public string? ModelUrl { get; set; }

    /// <summary>SHA-256 of its weights, 64 lower-case hexadecimal digits.</summary>
    public string? ModelDigest { get; set; }

    /// <summary>Where its description is.</summary>
    public string? ManifestUrl { get; set; }

    /// <summary>Where to put the weights.</summary>
    public string? UpdateUrl { get; set; }

    /// <summary>When the round's patience ends.</summary>
    public DateTimeOffset? Deadline { get; set; }

    /// <summary>How to train.</summary>
    public LocalWorkSpec? LocalWork { get; set; }

    /// <summary>How the weights are encoded; <c>None</c> is plain safetensors.</summary>
    public string? Codec { get; set; }

    /// <summary>Seed for whatever is random in the training; a client's own in each round.</summary>
    public long? Seed { get; set; }
}
