namespace Hearth.Kubernetes.InMemory.Patches;

/// <summary>How a patch is read.</summary>
internal enum PatchFormat
{
    Merge,
    Json,
    Strategic,
    Apply,
}
