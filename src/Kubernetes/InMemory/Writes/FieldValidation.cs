namespace Hearth.Kubernetes.InMemory.Writes;

/// <summary>What happens to fields that a kind does not have. They are never stored.</summary>
internal enum FieldValidation
{
    Ignore,

    /// <summary>The answer warns of each.</summary>
    Warn,

    /// <summary>The write is refused.</summary>
    Strict,
}
