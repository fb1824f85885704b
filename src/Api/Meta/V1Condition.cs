using System.Text.Json.Serialization;
using Hearth.Api.Schema;

namespace Hearth.Api.Meta;

/// <summary>One aspect of an object's state (metav1.Condition).</summary>
public sealed record V1Condition
{
    /// <summary>Aspect in Pascal case, for example <c>Ready</c>.</summary>
    [Required]
    [JsonConverter(typeof(SharedTextConverter))]
    public string Type { get; set; } = "";

    /// <summary><c>True</c>, <c>False</c> or <c>Unknown</c>.</summary>
    [Required]
    [EnumValues("True", "False", "Unknown")]
    [JsonConverter(typeof(SharedTextConverter))]
    public string Status { get; set; } = ConditionStatus.Unknown;

    /// <summary>Generation of the spec this was computed from.</summary>
    public long? ObservedGeneration { get; set; }

    /// <summary>When the status last changed.</summary>
    public DateTimeOffset? LastTransitionTime { get; set; }

    /// <summary>One word in Pascal case for programs.</summary>
    [Length(1, 1024)]
    [JsonConverter(typeof(SharedTextConverter))]
    public string Reason { get; set; } = "";

    /// <summary>A sentence for people: what is so, and what to do about it.</summary>
    [Length(0, 32768)]
    [JsonConverter(typeof(SharedTextConverter))]
    public string Message { get; set; } = "";
}
