namespace Hearth.Kubernetes.InMemory.Apply;

/// <summary>Who writes, and how. Ownership is kept apart per operation, version and subresource, as Kubernetes does.</summary>
/// <param name="Name">Field manager.</param>
/// <param name="Operation"><see cref="Apply"/> or <see cref="Update"/>.</param>
/// <param name="ApiVersion">Version in which the fields were written.</param>
/// <param name="Subresource">Subresource written through, or null.</param>
internal sealed record ManagerIdentity(string Name, string Operation, string ApiVersion, string? Subresource)
{
    public const string Apply = "Apply";
    public const string Update = "Update";
}
