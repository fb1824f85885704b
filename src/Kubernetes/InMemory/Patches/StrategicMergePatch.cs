using System.Text.Json.Nodes;
using Hearth.Kubernetes.InMemory.Kinds;

namespace Hearth.Kubernetes.InMemory.Patches;

/// <summary>
/// Strategic merge patch: a merge patch in which lists of objects merge by key, with the directives <c>$patch: delete|replace|merge</c>,
/// <c>$deleteFromPrimitiveList</c>, <c>$setElementOrder</c> and <c>$retainKeys</c>.
/// </summary>
internal static class StrategicMergePatch
{
    private const string Directive = "$patch";
    private const string DeleteFromList = "$deleteFromPrimitiveList/";
    private const string SetOrder = "$setElementOrder/";
    private const string RetainKeys = "$retainKeys";

    /// <summary>The patched object; neither argument is changed.</summary>
    /// <exception cref="StatusException">400 for a malformed patch.</exception>
    public static JsonObject Apply(ResourceKind kind, JsonObject target, JsonObject patch) =>
        Merge(target, patch, FieldPosition.Root(kind));

    private static JsonObject Merge(JsonObject target, JsonObject patch, FieldPosition position)
    {
        if (patch.Text(Directive) == "replace")
            return WithoutDirectives(patch);
        var result = target.Copy();
        if (patch[RetainKeys] is JsonArray retained)
        {
            var keep = retained.Select(k => k.Text()).ToHashSet();
            foreach (var name in result.Select(p => p.Key).Where(k => !keep.Contains(k)).ToList())
                result.Remove(name);
        }
        foreach (var (name, change) in patch.Where(p => !p.Key.StartsWith('$')))
            MergeField(result, name, change, position.Field(name));
        foreach (var (name, change) in patch)
        {
            if (name.StartsWith(DeleteFromList, StringComparison.Ordinal))
                RemoveValues(result[name[DeleteFromList.Length..]] as JsonArray, change as JsonArray);
            else if (name.StartsWith(SetOrder, StringComparison.Ordinal) && change is JsonArray order)
                Reorder(result, name[SetOrder.Length..], order, position);
        }
        return result;
    }

    private static void MergeField(JsonObject result, string name, JsonNode? change, FieldPosition position)
    {
        switch (change)
        {
            case null:
                result.Remove(name);
                break;
            case JsonObject deletion when deletion.Text(Directive) == "delete":
                result.Remove(name);
                break;
            case JsonObject entries:
                result[name] = Merge(result[name] as JsonObject ?? [], entries, position);
                break;
            case JsonArray array when position.ListKeys is { } keys:
                result[name] = MergeList(result[name] as JsonArray ?? [], array, keys, position.Element());
                break;
            default:
                result[name] = change.DeepClone();
                break;
        }
    }

    private static JsonArray MergeList(JsonArray target, JsonArray patch, IReadOnlyList<string> keys, FieldPosition position)
    {
        if (patch.Objects().Any(e => e.Text(Directive) == "replace"))
            return new([.. patch.Objects().Where(e => e.Text(Directive) is null).Select(WithoutDirectives)]);
        // Strategic merge knows one key per list: the first.
        var key = keys.Count > 0 ? keys[0] : null;
        var changed = new List<JsonNode?>();
        var named = new HashSet<string>();
        foreach (var change in patch)
        {
            if (key is not null && (change as JsonObject)?[key] is null)
                throw Refusal.BadRequest($"map: {change?.ToJsonString()} does not contain declared merge key: {key}");
            named.Add(Identity(change, key));
            if (change.Text(Directive) != "delete")
                changed.Add(key is null ? change : Merge(ListItems.Find(target, change!.AsObject(), [key]) ?? [], change!.AsObject(), position));
        }
        return Interleave([.. target.Select(e => Identity(e, key))], new(target.Where(e => !named.Contains(Identity(e, key)))), changed, key);
    }

    /// <summary>
    /// Kubernetes' order: what was there stays in its order, and what is new comes before the next element that the patch does not name.
    /// </summary>
    private static JsonArray Interleave(List<string> order, Queue<JsonNode?> untouched, List<JsonNode?> changed, string? key)
    {
        var result = new JsonArray();
        foreach (var element in changed)
        {
            var place = order.IndexOf(Identity(element, key));
            while (place >= 0 && untouched.TryPeek(out var next) && order.IndexOf(Identity(next, key)) < place)
                result.Add(untouched.Dequeue()?.DeepClone());
            result.Add(element?.DeepClone());
        }
        while (untouched.TryDequeue(out var rest))
            result.Add(rest?.DeepClone());
        return result;
    }

    private static void RemoveValues(JsonArray? target, JsonArray? values)
    {
        foreach (var value in values ?? [])
        {
            if (target?.FirstOrDefault(e => JsonNode.DeepEquals(e, value)) is { } found)
                target.Remove(found);
        }
    }

    private static void Reorder(JsonObject result, string name, JsonArray order, FieldPosition position)
    {
        if (result[name] is not JsonArray list || position.Field(name).ListKeys is not { } keys)
            return;
        var key = keys.Count > 0 ? keys[0] : null;
        var wanted = order.Select(e => Identity(e, key)).ToList();
        var sorted = list.OrderBy(e => wanted.IndexOf(Identity(e, key)) is var i and >= 0 ? i : int.MaxValue);
        result[name] = new JsonArray([.. sorted.Select(e => e?.DeepClone())]);
    }

    private static string Identity(JsonNode? element, string? key) => (key is null ? element : element.At(key))?.ToJsonString() ?? "";

    private static JsonObject WithoutDirectives(JsonObject patch)
    {
        var result = patch.Copy();
        foreach (var name in result.Select(p => p.Key).Where(k => k.StartsWith('$')).ToList())
            result.Remove(name);
        return result;
    }
}
