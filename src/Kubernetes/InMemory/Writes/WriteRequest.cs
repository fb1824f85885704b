using Hearth.Kubernetes.InMemory.Apply;
using Hearth.Kubernetes.InMemory.Kinds;

namespace Hearth.Kubernetes.InMemory.Writes;

/// <summary>Where and how an object is written.</summary>
internal sealed record WriteRequest(ResourceKind Kind, string Namespace)
{
    /// <summary>Subresource written through: null or <c>status</c>.</summary>
    public string? Subresource { get; init; }

    /// <summary>Who writes.</summary>
    public string FieldManager { get; init; } = "unknown";

    public FieldValidation FieldValidation { get; init; } = FieldValidation.Warn;

    /// <summary>Everything is checked and nothing stored.</summary>
    public bool DryRun { get; init; }

    /// <summary>For apply: takes fields from other managers.</summary>
    public bool Force { get; init; }

    /// <summary>Warnings for the answer.</summary>
    public List<string> Warnings { get; } = [];

    public bool IsStatus => Subresource == "status";

    public ManagerIdentity Manager(string operation) => new(FieldManager, operation, Kind.ApiVersion, Subresource);
}
