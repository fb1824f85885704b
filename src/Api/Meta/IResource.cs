using System.Text.Json.Serialization.Metadata;

namespace Hearth.Api.Meta;

/// <summary>
/// A kind known at compile time. The static members tell a client where the kind is served and how it is written, so one generic client
/// serves every kind without reflection.
/// </summary>
public interface IResource<TSelf> : IKubernetesObject
    where TSelf : class, IResource<TSelf>
{
    /// <summary>Where the API server serves this kind.</summary>
    static abstract ResourceDefinition Definition { get; }

    /// <summary>Source-generated contract of the kind's JSON.</summary>
    static abstract JsonTypeInfo<TSelf> JsonTypeInfo { get; }
}
