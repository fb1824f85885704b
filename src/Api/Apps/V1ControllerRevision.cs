using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Hearth.Api.Meta;

namespace Hearth.Api.Apps;

/// <summary>A stored state of a controller's object (apps/v1): what StatefulSets and DaemonSets keep their revisions in, and functions theirs.</summary>
public sealed record V1ControllerRevision : KubernetesObject, IResource<V1ControllerRevision>
{
    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("apps", "v1", "ControllerRevision", "controllerrevisions");

    /// <inheritdoc/>
    public static JsonTypeInfo<V1ControllerRevision> JsonTypeInfo => ApiJsonContext.Default.V1ControllerRevision;

    /// <summary>The state; never changes.</summary>
    public JsonElement? Data { get; set; }

    /// <summary>Its place in the history: the greatest is the latest.</summary>
    public long Revision { get; set; }
}
