using System.Text.Json.Nodes;
using Hearth.Kubernetes.InMemory.Kinds;

namespace Hearth.Kubernetes.InMemory.Writes;

/// <summary>The <c>scale</c> subresource: one number of a kind, seen as autoscaling/v1 Scale.</summary>
internal static class ScaleSubresource
{
    /// <summary>The Scale of an object.</summary>
    public static JsonObject Read(ResourceKind kind, JsonObject entity)
    {
        var metadata = new JsonObject();
        foreach (var property in new[] { "name", "namespace", "uid", "resourceVersion", "creationTimestamp" })
            metadata.CopyFrom(entity.Metadata(), property);
        var scale = new JsonObject
        {
            ["kind"] = "Scale",
            ["apiVersion"] = "autoscaling/v1",
            ["metadata"] = metadata,
            ["spec"] = new JsonObject { ["replicas"] = entity.AtPath(kind.Scale!.Spec).Integer() ?? 0 },
            ["status"] = new JsonObject { ["replicas"] = entity.AtPath(kind.Scale.Status).Integer() ?? 0 },
        };
        if (kind.Scale.LabelSelector is { } selector)
            scale["status"]!["selector"] = entity.AtPath(selector)?.DeepClone();
        return scale;
    }

    /// <summary>The object with the number and version of a Scale; <paramref name="entity"/> is not changed.</summary>
    public static JsonObject Write(ResourceKind kind, JsonObject entity, JsonObject scale)
    {
        var replicas = scale.AtPath("spec.replicas").Integer() ?? 0;
        if (replicas < 0)
            throw Refusal.Invalid(kind, entity.Name(), [Fault.Invalid("spec.replicas", replicas, "should be a non-negative integer")]);
        var result = entity.Copy();
        var names = kind.Scale!.Spec.TrimStart('.').Split('.');
        var parent = names[..^1].Aggregate(result, (node, name) => node.GetOrAdd(name));
        parent[names[^1]] = replicas;
        if (scale["metadata"].Text("resourceVersion") is { Length: > 0 } version)
            result.Metadata()["resourceVersion"] = version;
        return result;
    }
}
