using System.Text.Json.Serialization;
using Hearth.Api.Meta;

namespace Hearth.Api.Core;

/// <summary>Who holds a lease and until when.</summary>
public sealed record V1LeaseSpec : Extensible
{
    public string? HolderIdentity { get; set; }
    public int? LeaseDurationSeconds { get; set; }
    [JsonConverter(typeof(KubernetesMicroTimeConverter))]
    public DateTimeOffset? AcquireTime { get; set; }
    [JsonConverter(typeof(KubernetesMicroTimeConverter))]
    public DateTimeOffset? RenewTime { get; set; }
    public int? LeaseTransitions { get; set; }
}
