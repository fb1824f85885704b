using System.Buffers;
using System.Text.Json;
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

    // By edge, in ordinal order. None is empty.
    private readonly (string Edge, FieldSet Set)[] _children;

    private FieldSet(bool isMember, (string Edge, FieldSet Set)[] children)
    {
        _isMember = isMember;
        _children = children;
    }

    public bool IsEmpty => !_isMember && _children.Length == 0;

    /// <summary>Every field that <paramref name="entity"/> sets, the server's own left out.</summary>
    public static FieldSet Of(ResourceKind kind, JsonObject entity) => Compare(null, entity, FieldPosition.Root(kind));

    /// <summary>Every field that <paramref name="after"/> sets and <paramref name="before"/> has not or has otherwise.</summary>
    public static FieldSet Changed(ResourceKind kind, JsonObject before, JsonObject after) =>
        Compare(before, after, FieldPosition.Root(kind));

    /// <summary>As above, in the top-level properties of <paramref name="within"/> alone.</summary>
    public static FieldSet Changed(ResourceKind kind, JsonObject before, JsonObject after, JsonObject within) =>
        CompareFields(before, after.Where(p => within.ContainsKey(p.Key)), FieldPosition.Root(kind));

    /// <summary>Reads FieldsV1.</summary>
    public static FieldSet Parse(JsonNode? fields)
    {
        if (fields is not JsonObject { Count: > 0 } own)
            return Empty;
        var children = new List<(string, FieldSet)>(own.Count);
        foreach (var (edge, child) in own)
        {
            if (edge != ".")
                children.Add((edge, child is JsonObject { Count: 0 } ? Leaf : Parse(child)));
        }
        return new(own.ContainsKey("."), Sorted(children));
    }

    /// <summary>Writes FieldsV1.</summary>
    public JsonObject ToJson()
    {
        // Through text: a node that comes from text is cheap to keep, to copy and to print, and these are mostly empty objects.
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
            Write(json);
        return JsonNode.Parse(buffer.WrittenSpan)!.AsObject();
    }

    public FieldSet Union(FieldSet other) => Combine(other, ofThis: true, ofBoth: true, ofOther: true);

    public FieldSet Except(FieldSet other) => Combine(other, ofThis: true, ofBoth: false, ofOther: false);

    public FieldSet Intersect(FieldSet other) => Combine(other, ofThis: false, ofBoth: true, ofOther: false);

    /// <summary>Whether both hold the same fields.</summary>
    public bool IsSameAs(FieldSet other) => this == other
        || (_isMember == other._isMember && _children.Length == other._children.Length
            && _children.Zip(other._children).All(pair => pair.First.Edge == pair.Second.Edge && pair.First.Set.IsSameAs(pair.Second.Set)));

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

    private void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        if (_isMember && _children.Length > 0)
        {
            json.WriteStartObject("."u8);
            json.WriteEndObject();
        }
        foreach (var (edge, child) in _children)
        {
            json.WritePropertyName(edge);
            child.Write(json);
        }
        json.WriteEndObject();
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

    private static FieldSet Compare(JsonNode? before, JsonNode? after, FieldPosition position) => after switch
    {
        JsonObject { Count: > 0 } entries when !position.IsOneValue => CompareFields(before as JsonObject, entries, position),
        JsonArray { Count: > 0 } list when position.ListKeys is { } keys => CompareElements(before as JsonArray, list, keys, position.Element()),
        _ => before is not null && JsonNode.DeepEquals(before, after) ? Empty : Leaf,
    };

    private static FieldSet CompareFields(JsonObject? before, IEnumerable<KeyValuePair<string, JsonNode?>> entries, FieldPosition position)
    {
        var children = new List<(string, FieldSet)>();
        foreach (var (name, value) in entries)
        {
            var field = position.Field(name);
            if (!field.IsServerOwned)
                children.Add(($"f:{name}", Compare(before?[name], value, field)));
        }
        return FromChildren(children);
    }

    private static FieldSet CompareElements(JsonArray? before, JsonArray list, IReadOnlyList<string> keys, FieldPosition position)
    {
        var children = new List<(string, FieldSet)>(list.Count);
        foreach (var element in list)
            children.Add(CompareElement(before, element, keys, position));
        return FromChildren(children);
    }

    private static (string Edge, FieldSet Set) CompareElement(
        JsonArray? before, JsonNode? element, IReadOnlyList<string> keys, FieldPosition position)
    {
        if (keys.Count == 0 || element is not JsonObject entries)
            return ($"v:{element?.ToJsonString()}", before?.Any(e => JsonNode.DeepEquals(e, element)) == true ? Empty : Leaf);
        var old = before is null ? null : ListItems.Find(before, entries, keys);
        var fields = Compare(old, entries, position);
        return ($"k:{ListItems.Identity(entries, keys)}", old is null ? new(true, fields._children) : fields);
    }

    private static FieldSet FromChildren(List<(string Edge, FieldSet Set)> children)
    {
        children.RemoveAll(child => child.Set.IsEmpty);
        return children.Count > 0 ? new(false, Sorted(children)) : Empty;
    }

    private static (string Edge, FieldSet Set)[] Sorted(List<(string Edge, FieldSet Set)> children)
    {
        children.Sort(static (a, b) => string.CompareOrdinal(a.Edge, b.Edge));
        // A list that names an element twice is refused later; here it must only do no harm.
        for (var i = children.Count - 1; i > 0; i--)
        {
            if (children[i].Edge == children[i - 1].Edge)
                children.RemoveAt(i);
        }
        return [.. children];
    }

    private FieldSet Combine(FieldSet other, bool ofThis, bool ofBoth, bool ofOther)
    {
        if (other.IsEmpty)
            return ofThis ? this : Empty;
        if (IsEmpty)
            return ofOther ? other : Empty;
        var (mine, theirs) = (_children, other._children);
        var children = new List<(string, FieldSet)>(mine.Length);
        for (var (i, j) = (0, 0); i < mine.Length || j < theirs.Length;)
        {
            var order = i == mine.Length ? 1 : j == theirs.Length ? -1 : string.CompareOrdinal(mine[i].Edge, theirs[j].Edge);
            var edge = order <= 0 ? mine[i].Edge : theirs[j].Edge;
            var left = order <= 0 ? mine[i++].Set : Empty;
            var right = order >= 0 ? theirs[j++].Set : Empty;
            if (left.Combine(right, ofThis, ofBoth, ofOther) is { IsEmpty: false } combined)
                children.Add((edge, combined));
        }
        var isMember = _isMember && other._isMember ? ofBoth : _isMember ? ofThis : other._isMember && ofOther;
        return children.Count == 0 ? (isMember ? Leaf : Empty) : new(isMember, [.. children]);
    }
}
