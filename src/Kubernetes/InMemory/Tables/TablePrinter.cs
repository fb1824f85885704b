using System.Text.Json;
using System.Text.Json.Nodes;
using Hearth.Kubernetes.InMemory.Kinds;

namespace Hearth.Kubernetes.InMemory.Tables;

/// <summary>Writes objects as meta.k8s.io/v1 Table, which is what <c>kubectl get</c> prints.</summary>
/// <param name="kind">Kind of the rows.</param>
/// <param name="includeObject">What each row carries beside its cells: <c>None</c>, <c>Metadata</c> (also when null) or <c>Object</c>.</param>
internal sealed class TablePrinter(ResourceKind kind, string? includeObject)
{
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

    private JsonArray Definitions()
    {
        var name = Definition("Name", "string", "name", "Name must be unique within a namespace.", 0);
        return new([name, .. kind.Columns.Select(c => (JsonNode)Definition(c.Name, c.Type, "", c.Description, c.Priority))]);
    }

    private static JsonObject Definition(string name, string type, string format, string description, int priority) => new()
    {
        ["name"] = name,
        ["type"] = type,
        ["format"] = format,
        ["description"] = description,
        ["priority"] = priority,
    };

    private JsonObject Row(JsonObject entity, DateTimeOffset now)
    {
        var row = new JsonObject
        {
            ["cells"] = new JsonArray([(JsonNode)entity.Name(), .. kind.Columns.Select(c => Cell(c, entity, now))]),
        };
        if (includeObject == "Object")
        {
            row["object"] = entity.DeepClone();
        }
        else if (includeObject != "None")
        {
            row["object"] = new JsonObject
            {
                ["kind"] = "PartialObjectMetadata",
                ["apiVersion"] = "meta.k8s.io/v1",
                ["metadata"] = entity.Metadata().DeepClone(),
            };
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
