using System.Text.Json.Serialization;
using Hearth.Api.Meta;
using Hearth.Api.Schema;

namespace Hearth.Api.InferenceFunctions;

/// <summary>How long an unused worker stays.</summary>
public sealed record KeepAliveSpec
{
    /// <summary>How the time is chosen.</summary>
    public KeepAlivePolicy Policy { get; set; } = KeepAlivePolicy.Fixed;

    /// <summary>The time for Fixed. Adaptive spends as much idle time as Fixed with it would, where that saves most cold starts.</summary>
    [Length(0, 32)]
    [Pattern(KubernetesDurationConverter.Pattern)]
    [JsonConverter(typeof(KubernetesDurationConverter))]
    public TimeSpan Duration { get; set; } = TimeSpan.FromSeconds(60);
}
