using System.Text.Json.Nodes;

namespace Hearth.Kubernetes.InMemory.Kinds;

/// <summary>A kind that the server serves, built in or defined by a CustomResourceDefinition.</summary>
internal sealed record ResourceKind(string Group, string Version, string Kind, string Plural, bool Namespaced = true)
{
    public string Singular { get; init; } = Kind.ToLowerInvariant();

    public string ListKind { get; init; } = Kind + "List";

    public IReadOnlyList<string> ShortNames { get; init; } = [];

    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>Whether <c>status</c> is written through its own subresource only.</summary>
    public bool HasStatus { get; init; }

    /// <summary>Whether <c>metadata.generation</c> counts changes of what the user wants.</summary>
    public bool HasGeneration { get; init; }

    public ScalePaths? Scale { get; init; }

    /// <summary>Structural schema of a custom resource; null for built-in kinds, whose fields are taken as they come.</summary>
    public JsonObject? Schema { get; init; }

    /// <summary>Fields a field selector may name beside <c>metadata.name</c> and <c>metadata.namespace</c>.</summary>
    public IReadOnlyList<string> SelectableFields { get; init; } = [];

    /// <summary>Columns of tables. The name is the first, unless they hold one of that name.</summary>
    public IReadOnlyList<TableColumn> Columns { get; init; } = [];

    public bool IsCustom => Schema is not null;

    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>How messages name the resource, and its key in the store: <c>pods</c>, <c>workerpools.hearth.dev</c>.</summary>
    public string GroupResource { get; } = Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    /// <summary>How messages name the kind: <c>Pod</c>, <c>WorkerPool.hearth.dev</c>.</summary>
    public string GroupKind => Group.Length == 0 ? Kind : $"{Kind}.{Group}";

    /// <summary>Subresources with the verbs each takes.</summary>
    public IEnumerable<(string Name, string Kind, string[] Verbs)> Subresources()
    {
        if (HasStatus)
            yield return ("status", Kind, ["get", "patch", "update"]);
        if (Scale is not null)
            yield return ("scale", "Scale", ["get", "patch", "update"]);
        if (this == BuiltInKinds.ServiceAccount)
            yield return ("token", "TokenRequest", ["create"]);
        if (this != BuiltInKinds.Pod)
            yield break;
        yield return ("binding", "Binding", ["create"]);
        yield return ("log", "Pod", ["get"]);
    }
}
