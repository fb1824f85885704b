namespace Hearth.Api.Schema;

/// <summary>What the generated CustomResourceDefinition says of a kind beside its schema.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class KubernetesEntityAttribute : Attribute
{
    /// <summary>Short names for <c>kubectl</c>.</summary>
    public string[] ShortNames { get; init; } = [];

    /// <summary>Categories for <c>kubectl get</c>.</summary>
    public string[] Categories { get; init; } = [];

    /// <summary>Path of the field that <c>kubectl scale</c> writes, or null when the kind does not scale.</summary>
    public string? ScaleSpecPath { get; init; }

    /// <summary>Path of the field that tells the present number of replicas.</summary>
    public string? ScaleStatusPath { get; init; }
}
