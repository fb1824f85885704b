using System.Text.Json.Serialization;

namespace Hearth.Federation.Tree;

/// <summary>Source-generated JSON of what aggregators say to each other.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(LeafPlace))]
[JsonSerializable(typeof(UpdateOffer))]
[JsonSerializable(typeof(OfferAnswer))]
[JsonSerializable(typeof(SumRequest))]
[JsonSerializable(typeof(SumAnswer))]
public sealed partial class TreeJsonContext : JsonSerializerContext;
