namespace Hearth.Api.Meta;

/// <summary>The address of a kind in the Kubernetes API.</summary>
/// <param name="Group">API group; empty for the core group.</param>
/// <param name="Version">Version, for example <c>v1</c>.</param>
/// <param name="Kind">Kind in singular Pascal case.</param>
/// <param name="Plural">Name in URLs.</param>
/// <param name="Namespaced">Whether objects live in a namespace.</param>
public sealed record ResourceDefinition(string Group, string Version, string Kind, string Plural, bool Namespaced = true)
{
    /// <summary>What objects carry as <c>apiVersion</c>.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>Path of the collection in a namespace, or over all namespaces when <paramref name="ns"/> is null.</summary>
    public string CollectionPath(string? ns)
    {
        var root = Group.Length == 0 ? $"/api/{Version}" : $"/apis/{Group}/{Version}";
        return Namespaced && ns is not null ? $"{root}/namespaces/{Uri.EscapeDataString(ns)}/{Plural}" : $"{root}/{Plural}";
    }

    /// <summary>Path of one object.</summary>
    /// <exception cref="ArgumentException">The kind is namespaced and no namespace is given.</exception>
    public string ObjectPath(string name, string? ns)
    {
        if (Namespaced && string.IsNullOrEmpty(ns))
            throw new ArgumentException($"{Kind} \"{name}\" is namespaced: give its namespace.", nameof(ns));
        return $"{CollectionPath(ns)}/{Uri.EscapeDataString(name)}";
    }
}
