using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Hearth.Api.Meta;
using Hearth.Api.Schema;

namespace Hearth.Kubernetes.Tests.Samples;

/// <summary>A text that is kept in a config map.</summary>
[KubernetesEntity(ShortNames = ["gr"])]
[AdditionalPrinterColumn("Who", ".spec.who")]
public sealed record Greeting : KubernetesObject, IResource<Greeting>
{
    public static ResourceDefinition Definition { get; } = new("example.com", "v1", "Greeting", "greetings");
    public static JsonTypeInfo<Greeting> JsonTypeInfo => GreetingJson.Default.Greeting;
    public GreetingSpec Spec { get; set; } = new();
    public GreetingStatus? Status { get; set; }
}

/// <summary>What is wanted.</summary>
public sealed record GreetingSpec
{
    /// <summary>Who is greeted.</summary>
    [Required, Length(1, 40)]
    public string Who { get; set; } = "";
}

/// <summary>What is.</summary>
public sealed record GreetingStatus
{
    /// <summary>The text that was written.</summary>
    public string? Text { get; set; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(Greeting))]
public sealed partial class GreetingJson : JsonSerializerContext;
