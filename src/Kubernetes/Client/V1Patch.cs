using System.Text.Json.Nodes;

namespace Hearth.Kubernetes.Client;

/// <summary>A patch and how it is to be read.</summary>
/// <param name="Content">For <see cref="PatchType.JsonPatch"/> an array of operations, otherwise an object.</param>
/// <param name="Type">How the content is read.</param>
public sealed record V1Patch(JsonNode Content, PatchType Type = PatchType.MergePatch)
{
    /// <summary>
    /// For <see cref="PatchType.ApplyPatch"/>: takes fields over that another manager owns. Without it these are a conflict, which
    /// <see cref="KubernetesException.FieldConflicts"/> tells. Defaults to true, as controllers do it.
    /// </summary>
    public bool Force { get; init; } = true;
}
