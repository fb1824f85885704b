namespace Hearth.Kubernetes.InMemory.Storage;

/// <summary>One committed write. The version of the change is that of <paramref name="Object"/>.</summary>
/// <param name="Type">What happened.</param>
/// <param name="Object">The object after the write; for a delete its last state under the version of the delete.</param>
/// <param name="Previous">The object before the write, null when it was added.</param>
internal sealed record Change(ChangeType Type, StoredObject Object, StoredObject? Previous);
