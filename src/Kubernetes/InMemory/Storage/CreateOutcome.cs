namespace Hearth.Kubernetes.InMemory.Storage;

/// <summary>How a create ended.</summary>
internal enum CreateOutcome
{
    Created,

    /// <summary>The name is taken.</summary>
    Exists,

    /// <summary>The object's namespace is not there.</summary>
    NamespaceMissing,

    /// <summary>The object's namespace is being deleted.</summary>
    NamespaceTerminating,
}
