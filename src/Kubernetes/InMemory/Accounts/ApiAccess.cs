namespace Hearth.Kubernetes.InMemory.Accounts;

/// <summary>What a caller asked of the server, as RBAC sees it.</summary>
/// <param name="Verb">Verb of RBAC.</param>
/// <param name="Group">API group; empty for the core group.</param>
/// <param name="Resource">Plural, with the subresource behind a slash.</param>
/// <param name="Namespace">Namespace; null for all, or none.</param>
/// <param name="Name">Name; null where the verb is about a collection.</param>
public sealed record ApiAccess(string Verb, string Group, string Resource, string? Namespace, string? Name)
{
    /// <summary>Without the object: what rules are made of.</summary>
    public string Right => $"{Verb} {(Group.Length == 0 ? Resource : $"{Resource}.{Group}")}";
}
