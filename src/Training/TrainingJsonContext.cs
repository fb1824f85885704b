using System.Text.Json;
using System.Text.Json.Serialization;
using Hearth.Training.Artifacts;
using Hearth.Training.Checkpoints;
using Hearth.Training.Models;

namespace Hearth.Training;

/// <summary>Source-generated JSON of what is written to files.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    AllowOutOfOrderMetadataProperties = true,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    WriteIndented = true)]
[JsonSerializable(typeof(ModelManifest))]
[JsonSerializable(typeof(ModelSpec))]
[JsonSerializable(typeof(TrainingOptions))]
[JsonSerializable(typeof(TrainingIdentity))]
internal sealed partial class TrainingJsonContext : JsonSerializerContext
{
    /// <summary>The same on one line.</summary>
    public static TrainingJsonContext Compact => field ??= new(new JsonSerializerOptions(Default.Options) { WriteIndented = false });
}
