using System.Text.Json.Serialization;

namespace Hearth.Api.Workers;

/// <summary>How a cold start got its worker.</summary>
public enum ColdStartPath
{
    /// <summary>Claimed from a warm pool.</summary>
    [JsonStringEnumMemberName("pool")]
    Pool,

    /// <summary>Created because the pool had none.</summary>
    [JsonStringEnumMemberName("create")]
    Create,
}
