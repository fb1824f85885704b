using System.Text.Json;
using System.Text.Json.Serialization;
using Hearth.Federation.Journal;
using Hearth.Federation.Models;
using Hearth.Federation.Storage;

namespace Hearth.Federation;

/// <summary>Source-generated JSON of what is written to files.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    UseStringEnumConverter = true,
    WriteIndented = true)]
[JsonSerializable(typeof(JournalRecord))]
[JsonSerializable(typeof(RoundManifest))]
[JsonSerializable(typeof(OutputIdentity))]
internal sealed partial class FederationJsonContext : JsonSerializerContext
{
    /// <summary>The same on one line.</summary>
    public static FederationJsonContext Compact => field ??= new(new JsonSerializerOptions(Default.Options) { WriteIndented = false });
}
