using System.Text.Json;
using System.Text.Json.Serialization;

namespace Hearth.Api.Meta;

/// <summary>A wire type that keeps fields it does not know, so that reading and writing back loses nothing.</summary>
/// <remarks>
/// Properties of wire types have setters because source-generated JSON assigns null to init-only properties that the text lacks, losing
/// their defaults. By convention an object is not changed once it is shared: derive with <c>with</c>.
/// </remarks>
public abstract record Extensible
{
    /// <summary>Fields this type does not name, as they came.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? UnknownFields { get; set; }
}
