namespace Hearth.Kubernetes.Client;

/// <summary>Media types of <see cref="PatchType"/>.</summary>
internal static class PatchTypes
{
    public const string JsonPatch = "application/json-patch+json";

    public static string MediaType(this PatchType type) => type switch
    {
        PatchType.MergePatch => "application/merge-patch+json",
        PatchType.JsonPatch => JsonPatch,
        PatchType.StrategicMergePatch => "application/strategic-merge-patch+json",
        PatchType.ApplyPatch => "application/apply-patch+yaml",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Not a patch type."),
    };
}
