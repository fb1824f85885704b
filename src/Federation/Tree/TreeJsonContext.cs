using System.Text.Json.Serialization;

namespace Hearth.Federation.Tree;

/// <summary>Source-generated JSON of what aggregators say to each other.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(LeafPlace))]
[JsonSerializable(typeof(UpdateOffer))]
[JsonSerializable(typeof(OfferAnswer))]
[JsonSerializable(typeof(SumRequest))]
[JsonSerializable(typeof(SumAnswer))]
public sealed partial class TreeJsonContext : JsonSerializerContext;
