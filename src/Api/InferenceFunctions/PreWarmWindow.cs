using System.Text.Json.Serialization;
using Hearth.Api.Meta;
using Hearth.Api.Schema;

namespace Hearth.Api.InferenceFunctions;

/// <summary>A recurring time in which workers are ready in advance.</summary>
public sealed record PreWarmWindow
{
    /// <summary>Start as a cron expression of five fields, in the time zone.</summary>
    [Length(9, 128)]
    [Required]
    public string Schedule { get; set; } = "";

    /// <summary>Time zone of the schedule, by its IANA name.</summary>
    [Length(1, 64)]
    public string TimeZone { get; set; } = "UTC";

    /// <summary>Length of the window.</summary>
    [Length(0, 32)]
    [Pattern(KubernetesDurationConverter.Pattern)]
    [JsonConverter(typeof(KubernetesDurationConverter))]
    public TimeSpan Duration { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Workers that are ready during the window.</summary>
    [Range(1, 1000)]
    public int Target { get; set; } = 1;
}
