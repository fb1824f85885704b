using System.Text.Json.Nodes;

namespace Hearth.Kubernetes.InMemory.Kinds;

/// <summary>
/// A place in a kind's fields, which knows how lists there are merged: by keys, as a set, or as one value. Custom resources say it in their
/// schema; for built-in kinds it is Kubernetes' own choice, as far as Hearth uses the kind.
/// </summary>
internal readonly struct FieldPosition
{
    private static readonly Dictionary<string, string[]> BuiltInKeys = new()
    {
        ["metadata.ownerReferences"] = ["uid"],
        ["metadata.finalizers"] = [],
        ["spec.containers"] = ["name"],
        ["spec.containers.env"] = ["name"],
        ["spec.containers.ports"] = ["containerPort", "protocol"],
        ["spec.containers.volumeMounts"] = ["mountPath"],
        ["spec.initContainers"] = ["name"],
        ["spec.initContainers.env"] = ["name"],
        ["spec.initContainers.ports"] = ["containerPort", "protocol"],
        ["spec.initContainers.volumeMounts"] = ["mountPath"],
        ["spec.volumes"] = ["name"],
        ["spec.imagePullSecrets"] = ["name"],
        ["spec.ports"] = ["port", "protocol"],
        ["status.conditions"] = ["type"],
        ["status.addresses"] = ["type"],
        ["secrets"] = ["name"],
        ["imagePullSecrets"] = ["name"],
    };

    private static readonly HashSet<string> ServerOwned =
    [
        "apiVersion", "kind", "metadata.name", "metadata.generateName", "metadata.namespace", "metadata.uid", "metadata.resourceVersion",
        "metadata.generation", "metadata.creationTimestamp", "metadata.deletionTimestamp", "metadata.deletionGracePeriodSeconds",
        "metadata.managedFields", "metadata.selfLink",
    ];

    private readonly string _path;
    private readonly bool _custom;
    private readonly JsonObject? _schema;

    private FieldPosition(string path, bool custom, JsonObject? schema)
    {
        _path = path;
        _custom = custom;
        _schema = schema;
    }

    /// <summary>Keys that tell elements of the list here apart; empty for a set of scalars; null when the list is one value.</summary>
    public IReadOnlyList<string>? ListKeys
    {
        get
        {
            if (!_custom || _path.StartsWith("metadata.", StringComparison.Ordinal))
                return BuiltInKeys.GetValueOrDefault(_path);
            return _schema?.Text("x-kubernetes-list-type") switch
            {
                "map" => [.. (_schema["x-kubernetes-list-map-keys"] as JsonArray ?? []).Select(k => k.Text()).OfType<string>()],
                "set" => [],
                _ => null,
            };
        }
    }

    /// <summary>Whether the object here is owned and replaced as a whole.</summary>
    public bool IsOneValue => _custom && _schema?.Text("x-kubernetes-map-type") == "atomic";

    /// <summary>Whether the field is the record of who owns which.</summary>
    public bool IsManagedFields => _path == "metadata.managedFields";

    /// <summary>Whether the field belongs to the server, so that no manager can own it.</summary>
    public bool IsServerOwned => ServerOwned.Contains(_path);

    public static FieldPosition Root(ResourceKind kind) => new("", kind.IsCustom, kind.Schema);

    /// <summary>The field <paramref name="name"/> of the object here.</summary>
    public FieldPosition Field(string name) => new(
        // Of a custom resource the path matters within the metadata alone: elsewhere the schema says it all.
        _path.Length == 0 ? name : _custom && !_path.StartsWith("metadata", StringComparison.Ordinal) ? _path : $"{_path}.{name}",
        _custom,
        _schema.At("properties", name) as JsonObject ?? _schema?["additionalProperties"] as JsonObject);

    /// <summary>The elements of the list here.</summary>
    public FieldPosition Element() => new(_path, _custom, _schema?["items"] as JsonObject);
}
