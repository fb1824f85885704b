using System.Globalization;
using System.Text.Json.Nodes;
using Hearth.Kubernetes.InMemory.Kinds;

namespace Hearth.Kubernetes.InMemory.Apply;

/// <summary>Who owns which fields: <c>metadata.managedFields</c>, read and written.</summary>
internal static class ManagedFields
{
    private const string Property = "managedFields";

    /// <summary>The entries of an object.</summary>
    public static List<ManagedFieldsEntry> Read(JsonObject entity) =>
        [.. entity.Metadata()[Property].Objects().Select(ManagedFieldsEntry.Read)];

    /// <summary>Writes the entries that own something.</summary>
    public static void Write(JsonObject entity, IEnumerable<ManagedFieldsEntry> entries)
    {
        var owning = entries.Where(e => !e.Fields.IsEmpty).Select(e => (JsonNode)e.ToJson()).ToArray();
        if (owning.Length > 0)
            entity.Metadata()[Property] = new JsonArray(owning);
        else
            entity.Metadata().Remove(Property);
    }

    /// <summary>After a create: the manager owns <paramref name="fields"/>.</summary>
    public static void RecordCreate(JsonObject created, FieldSet fields, ManagerIdentity manager, DateTimeOffset now) =>
        Write(created, [new(manager, fields, Stamp(now))]);

    /// <summary>
    /// After an update or patch: the manager owns what it changed, nobody else does any more. <paramref name="after"/> holds the
    /// entries that stood before and gets the new ones.
    /// </summary>
    public static void RecordUpdate(ResourceKind kind, JsonObject before, JsonObject after, ManagerIdentity manager, DateTimeOffset now)
    {
        var changed = FieldSet.Changed(kind, before, after);
        var removed = FieldSet.Of(kind, before).Except(FieldSet.Of(kind, after));
        if (changed.IsEmpty && removed.IsEmpty)
            return;
        var touched = changed.Union(removed);
        var entries = Read(after);
        var mine = entries.Find(e => e.Manager == manager);
        var others = entries.Where(e => e != mine).Select(e => e with { Fields = e.Fields.Except(touched) });
        var owned = (mine?.Fields ?? FieldSet.Empty).Except(removed).Union(changed);
        Write(after, [.. others, new(manager, owned, Stamp(now))]);
    }

    /// <summary>A time as metav1.Time.</summary>
    public static string Stamp(DateTimeOffset now) => now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
