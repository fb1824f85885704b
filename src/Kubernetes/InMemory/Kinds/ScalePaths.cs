namespace Hearth.Kubernetes.InMemory.Kinds;

/// <summary>Where a kind keeps the numbers of its <c>scale</c> subresource.</summary>
internal sealed record ScalePaths(string Spec, string Status, string? LabelSelector);
