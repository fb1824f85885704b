using System.Text.Json;
using System.Text.Json.Nodes;
using Hearth.Kubernetes.InMemory.Kinds;

namespace Hearth.Kubernetes.InMemory.Tables;

/// <summary>Writes objects as meta.k8s.io/v1 Table, which is what <c>kubectl get</c> prints.</summary>
/// <param name="kind">Kind of the rows.</param>
/// <param name="includeObject">What a row carries beside its cells: <c>None</c>, <c>Metadata</c> (also when null) or <c>Object</c>.</param>
internal sealed class TablePrinter(ResourceKind kind, string? includeObject)
{
    private const string NameColumn = "Name";
    private static readonly TableColumn Name =
        new(NameColumn, "string", (e, _) => e.Name(), Description: "Name must be unique within a namespace.");

    // The name comes first, unless the kind puts it elsewhere.
    private readonly IReadOnlyList<TableColumn> _columns =
        kind.Columns.Any(c => c.Name == NameColumn) ? kind.Columns : [Name, .. kind.Columns];

    /// <summary>A table of <paramref name="items"/> as of <paramref name="now"/>.</summary>
    /// <param name="items">The rows.</param>
    /// <param name="listMetadata">Metadata of the list.</param>
    /// <param name="now">Moment for ages.</param>
    /// <param name="withColumns">Whether the columns are described: a watch does so only once.</param>
    public JsonObject Print(IEnumerable<JsonObject> items, JsonObject listMetadata, DateTimeOffset now, bool withColumns = true) => new()
    {
        ["kind"] = "Table",
        ["apiVersion"] = "meta.k8s.io/v1",
        ["metadata"] = listMetadata,
        ["columnDefinitions"] = withColumns ? Definitions() : new JsonArray(),
        ["rows"] = new JsonArray([.. items.Select(i => (JsonNode)Row(i, now))]),
    };

    private JsonArray Definitions() => new([.. _columns.Select(c => (JsonNode)new JsonObject
    {
        ["name"] = c.Name,
        ["type"] = c.Type,
        ["format"] = c.Name == NameColumn ? "name" : "",
        ["description"] = c.Description,
        ["priority"] = c.Priority,
    })]);

    private JsonObject Row(JsonObject entity, DateTimeOffset now)
    {
        var row = new JsonObject
        {
            ["cells"] = new JsonArray([.. _columns.Select(c => Cell(c, entity, now))]),
        };
        if (includeObject == "Object")
        {
            row["object"] = entity.DeepClone();
        }
        else if (includeObject != "None")
        {
            row["object"] = PartialMetadata.Of(entity);
        }
        return row;
    }

    private JsonNode? Cell(TableColumn column, JsonObject entity, DateTimeOffset now)
    {
        var value = column.Value(entity, now);
        if (value is null)
            return kind.IsCustom ? null : "<none>";
        var isText = column.Type is "string" or "date";
        return isText && value.GetValueKind() != JsonValueKind.String ? value.ToJsonString() : value.DeepClone();
    }
}
