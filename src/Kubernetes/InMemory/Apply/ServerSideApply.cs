using System.Text.Json.Nodes;
using Hearth.Api.Meta;
using Hearth.Kubernetes.InMemory.Kinds;
using Hearth.Kubernetes.InMemory.Patches;

namespace Hearth.Kubernetes.InMemory.Apply;

/// <summary>
/// Server-side apply: merges what a manager wants into an object, removes what it wanted before and no longer does, and refuses to change
/// what another manager owns unless forced.
/// </summary>
internal static class ServerSideApply
{
    /// <summary>The object after the apply, its managed fields included; neither argument is changed.</summary>
    /// <exception cref="StatusException">409: another manager owns a field that would change; the causes name each.</exception>
    public static JsonObject Apply(
        ResourceKind kind, JsonObject live, JsonObject wanted, ManagerIdentity manager, bool force, DateTimeOffset now)
    {
        var entries = ManagedFields.Read(live);
        var mine = entries.Find(e => e.Manager == manager);
        var others = entries.Where(e => e != mine).ToList();

        var merged = Merge(live, wanted, FieldPosition.Root(kind));
        var applied = FieldSet.Of(kind, wanted);
        var changed = FieldSet.Changed(kind, live, merged, within: wanted).Intersect(applied);
        if (!force)
            RefuseConflicts(kind, live.Name(), others, changed);
        others = [.. others.Select(e => e with { Fields = e.Fields.Except(changed) })];

        var ownedByOthers = others.Aggregate(FieldSet.Empty, (all, e) => all.Union(e.Fields));
        var dropped = (mine?.Fields ?? FieldSet.Empty).Except(applied).Except(ownedByOthers);
        dropped.RemoveFrom(merged);

        var own = mine is not null && mine.Fields.IsSameAs(applied)
            ? mine
            : new ManagedFieldsEntry(manager, applied, ManagedFields.Stamp(now));
        // An entry keeps its place, so that applying the same twice changes nothing.
        var written = entries.Select(e => e == mine ? own : others.Find(o => o.Manager == e.Manager)!);
        ManagedFields.Write(merged, mine is null ? written.Append(own) : written);
        return merged;
    }

    private static void RefuseConflicts(ResourceKind kind, string name, List<ManagedFieldsEntry> others, FieldSet changed)
    {
        var causes = others.SelectMany(e => e.Fields.Intersect(changed).Paths().Select(path => new V1StatusCause
        {
            Reason = "FieldManagerConflict",
            Message = $"conflict with \"{e.Manager.Name}\"{Using(e.Manager)}",
            Field = path,
        })).ToList();
        if (causes.Count > 0)
            throw Refusal.ApplyConflict(kind, name, causes);

        static string Using(ManagerIdentity manager) => manager.Operation == ManagerIdentity.Update ? $" using {manager.ApiVersion}" : "";
    }

    private static JsonObject Merge(JsonObject live, JsonObject wanted, FieldPosition position)
    {
        var result = new JsonObject();
        foreach (var (name, value) in live)
        {
            var field = position.Field(name);
            if (field.IsManagedFields)
                continue; // They are written anew.
            result[name] = wanted.TryGetPropertyValue(name, out var other) && !field.IsServerOwned ? MergeValue(value, other, field) : value?.DeepClone();
        }
        foreach (var (name, value) in wanted)
        {
            if (!live.ContainsKey(name) && !position.Field(name).IsServerOwned)
                result[name] = value?.DeepClone();
        }
        return result;
    }

    private static JsonNode? MergeValue(JsonNode? live, JsonNode? wanted, FieldPosition position) => wanted switch
    {
        JsonObject entries when live is JsonObject existing && !position.IsOneValue => Merge(existing, entries, position),
        JsonArray list when live is JsonArray existing && position.ListKeys is { } keys =>
            MergeList(existing, list, keys, position.Element()),
        _ => wanted?.DeepClone(),
    };

    private static JsonArray MergeList(JsonArray live, JsonArray wanted, IReadOnlyList<string> keys, FieldPosition position)
    {
        var result = (JsonArray)live.DeepClone();
        foreach (var element in wanted)
        {
            if (keys.Count == 0 || element is not JsonObject entries)
            {
                if (!result.Any(e => JsonNode.DeepEquals(e, element)))
                    result.Add(element?.DeepClone());
            }
            else if (ListItems.Find(result, entries, keys) is { } existing)
            {
                result[result.IndexOf(existing)] = Merge(existing, entries, position);
            }
            else
            {
                result.Add(element.DeepClone());
            }
        }
        return result;
    }
}
