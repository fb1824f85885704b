using System.Text.Json.Nodes;
using Hearth.Kubernetes.InMemory.Kinds;
using Hearth.Kubernetes.InMemory.Patches;

namespace Hearth.Kubernetes.InMemory.Apply;

/// <summary>
/// A set of fields, as <c>metadata.managedFields</c> writes it (FieldsV1): a tree whose edges are <c>f:name</c>, <c>k:{keys}</c> or
/// <c>v:value</c>. Immutable.
/// </summary>
internal sealed class FieldSet
{
    public static readonly FieldSet Empty = new(false, []);
    private static readonly FieldSet Leaf = new(true, []);

    private readonly bool _isMember;
    private readonly SortedDictionary<string, FieldSet> _children;

    private FieldSet(bool isMember, SortedDictionary<string, FieldSet> children)
    {
        _isMember = isMember;
        _children = children;
    }

    public bool IsEmpty => !_isMember && _children.Count == 0;

    /// <summary>Every field that <paramref name="entity"/> sets, the server's own left out.</summary>
    public static FieldSet Of(ResourceKind kind, JsonObject entity) => Compare(null, entity, FieldPosition.Root(kind));

    /// <summary>Every field that <paramref name="after"/> sets and <paramref name="before"/> has not or has otherwise.</summary>
    public static FieldSet Changed(ResourceKind kind, JsonObject before, JsonObject after) =>
        Compare(before, after, FieldPosition.Root(kind));

    /// <summary>Reads FieldsV1.</summary>
    public static FieldSet Parse(JsonNode? fields)
    {
        var children = Children();
        foreach (var (edge, child) in fields as JsonObject ?? [])
        {
            if (edge != ".")
                children[edge] = child is JsonObject { Count: 0 } ? Leaf : Parse(child);
        }
        return new(fields is JsonObject own && own.ContainsKey("."), children);
    }

    /// <summary>Writes FieldsV1.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject();
        if (_isMember && _children.Count > 0)
            json["."] = new JsonObject();
        foreach (var (edge, child) in _children)
            json[edge] = child.ToJson();
        return json;
    }

    public FieldSet Union(FieldSet other) => Combine(other, (a, b) => a || b);

    public FieldSet Except(FieldSet other) => Combine(other, (a, b) => a && !b);

    public FieldSet Intersect(FieldSet other) => Combine(other, (a, b) => a && b);

    /// <summary>Paths of the fields, for messages: <c>.spec.scale.max</c>, <c>.spec.containers[name="a"].image</c>.</summary>
    public IEnumerable<string> Paths()
    {
        foreach (var (edge, child) in _children)
        {
            var name = Name(edge);
            if (child._isMember)
                yield return name;
            foreach (var path in child.Paths())
                yield return name + path;
        }
    }

    private static string Name(string edge) => edge[0] switch
    {
        'f' => $".{edge[2..]}",
        'v' => $"[={edge[2..]}]",
        _ => $"[{string.Join(',', ((JsonObject)JsonNode.Parse(edge[2..])!).Select(key => $"{key.Key}={key.Value?.Print()}"))}]",
    };

    /// <summary>Removes the fields of this set from <paramref name="value"/>, and the objects and lists that become empty by it.</summary>
    public void RemoveFrom(JsonNode value)
    {
        foreach (var (edge, child) in _children)
        {
            var found = edge[0] == 'f' ? value.At(edge[2..]) : (value as JsonArray)?.FirstOrDefault(e => IsAt(e, edge));
            if (found is null)
                continue;
            if (!child._isMember)
                child.RemoveFrom(found);
            if (child._isMember || found is JsonObject { Count: 0 } or JsonArray { Count: 0 })
                Detach(value, edge, found);
        }
    }

    private static void Detach(JsonNode parent, string edge, JsonNode child)
    {
        if (parent is JsonObject entries)
            entries.Remove(edge[2..]);
        else
            parent.AsArray().Remove(child);
    }

    private static bool IsAt(JsonNode? element, string edge)
    {
        var wanted = JsonNode.Parse(edge.AsSpan(2).ToString());
        return edge[0] == 'v'
            ? JsonNode.DeepEquals(element, wanted)
            : element is JsonObject entries && wanted is JsonObject keys && keys.All(k => JsonNode.DeepEquals(entries[k.Key], k.Value));
    }

    private static FieldSet Compare(JsonNode? before, JsonNode? after, FieldPosition position)
    {
        switch (after)
        {
            case JsonObject { Count: > 0 } entries when !position.IsOneValue:
                var old = before as JsonObject;
                return FromChildren(entries
                    .Where(p => !position.Field(p.Key).IsServerOwned)
                    .Select(p => ($"f:{p.Key}", Compare(old?[p.Key], p.Value, position.Field(p.Key)))));
            case JsonArray { Count: > 0 } list when position.ListKeys is { } keys:
                return FromChildren(list.Select(e => CompareElement(before as JsonArray, e, keys, position.Element())));
            default:
                return before is not null && JsonNode.DeepEquals(before, after) ? Empty : Leaf;
        }
    }

    private static (string Edge, FieldSet Set) CompareElement(
        JsonArray? before, JsonNode? element, IReadOnlyList<string> keys, FieldPosition position)
    {
        if (keys.Count == 0 || element is not JsonObject entries)
            return ($"v:{element?.ToJsonString()}", before?.Any(e => JsonNode.DeepEquals(e, element)) == true ? Empty : Leaf);
        var old = before is null ? null : ListItems.Find(before, entries, keys);
        var identity = new JsonObject(keys.Where(entries.ContainsKey).Select(k => KeyValuePair.Create(k, entries[k]?.DeepClone())));
        var fields = Compare(old, entries, position);
        return ($"k:{identity.ToJsonString()}", old is null ? new(true, fields._children) : fields);
    }

    private static FieldSet FromChildren(IEnumerable<(string Edge, FieldSet Set)> children)
    {
        var kept = Children();
        foreach (var (edge, set) in children)
        {
            if (!set.IsEmpty)
                kept[edge] = set;
        }
        return kept.Count > 0 ? new(false, kept) : Empty;
    }

    private FieldSet Combine(FieldSet other, Func<bool, bool, bool> isMember)
    {
        var children = _children.Keys.Union(other._children.Keys).Select(edge =>
            (edge, _children.GetValueOrDefault(edge, Empty).Combine(other._children.GetValueOrDefault(edge, Empty), isMember)));
        return new(isMember(_isMember, other._isMember), FromChildren(children)._children);
    }

    private static SortedDictionary<string, FieldSet> Children() => new(StringComparer.Ordinal);
}
