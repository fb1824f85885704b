using System.Text.Json.Serialization;

namespace Hearth.Federation.Protocol;

/// <summary>Source-generated JSON of the client protocol.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(JoinRequest))]
[JsonSerializable(typeof(JoinAnswer))]
[JsonSerializable(typeof(ClientTask))]
[JsonSerializable(typeof(RoundReport))]
[JsonSerializable(typeof(ErrorAnswer))]
public sealed partial class ProtocolJsonContext : JsonSerializerContext;
