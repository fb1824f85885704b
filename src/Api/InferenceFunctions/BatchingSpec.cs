using System.Text.Json.Serialization;
using Hearth.Api.Meta;
using Hearth.Api.Schema;

namespace Hearth.Api.InferenceFunctions;

/// <summary>Joins requests along the first axis.</summary>
public sealed record BatchingSpec
{
    /// <summary>Rows in one run at most.</summary>
    [Range(1, 1024)]
    public int MaxSize { get; set; } = 8;

    /// <summary>Longest time a request waits for others.</summary>
    [Length(0, 32)]
    [Pattern(KubernetesDurationConverter.Pattern)]
    [JsonConverter(typeof(KubernetesDurationConverter))]
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromMilliseconds(5);
}
