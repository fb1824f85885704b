using System.Text.Json.Nodes;
using Hearth.Kubernetes.InMemory.Kinds;

namespace Hearth.Kubernetes.InMemory.Tables;

/// <summary>Columns of custom resources.</summary>
internal static class CustomColumns
{
    private static readonly IReadOnlyList<TableColumn> AgeOnly = [BuiltInColumns.Age];

    /// <summary>Columns of <c>additionalPrinterColumns</c>; the age alone when there are none.</summary>
    public static IReadOnlyList<TableColumn> Read(JsonNode? columns)
    {
        var read = columns.Objects().Select(ReadColumn).ToList();
        return read.Count > 0 ? read : AgeOnly;
    }

    private static TableColumn ReadColumn(JsonObject column)
    {
        var path = ColumnPath.Parse(column.Text("jsonPath") ?? "");
        var type = column.Text("type") ?? "string";
        return new(
            column.Text("name") ?? "",
            type,
            (entity, now) => path.First(entity) is not { } value ? null : type == "date" ? Ages.Since(value.Text(), now) : value,
            (int)(column.Integer("priority") ?? 0),
            column.Text("description") ?? "");
    }
}
