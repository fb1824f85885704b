namespace Hearth.Api.Meta;

/// <summary>Anything the API server stores: a type, a name and what the server keeps about it.</summary>
public interface IKubernetesObject
{
    /// <summary>Group and version, for example <c>hearth.dev/v1alpha1</c>, or <c>v1</c> for the core group.</summary>
    string? ApiVersion { get; }

    /// <summary>Kind, for example <c>Pod</c>.</summary>
    string? Kind { get; }

    /// <summary>Name, namespace, labels and the rest of the object's metadata.</summary>
    V1ObjectMeta Metadata { get; }
}
