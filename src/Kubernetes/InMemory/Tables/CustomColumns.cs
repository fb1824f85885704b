using System.Text.Json.Nodes;
using Hearth.Api.Meta;
using Hearth.Kubernetes.InMemory.Kinds;

namespace Hearth.Kubernetes.InMemory.Tables;

/// <summary>Columns of custom resources.</summary>
internal static class CustomColumns
{
    private static readonly string[] Types = ["boolean", "date", "integer", "number", "string"];
    private static readonly IReadOnlyList<TableColumn> AgeOnly = [BuiltInColumns.Age];

    /// <summary>Columns of <c>additionalPrinterColumns</c>; the age alone when there are none.</summary>
    public static IReadOnlyList<TableColumn> Read(JsonNode? columns)
    {
        var read = columns.Objects().Select(ReadColumn).ToList();
        return read.Count > 0 ? read : AgeOnly;
    }

    /// <summary>What is wrong with <c>additionalPrinterColumns</c>, which stand at <paramref name="field"/>.</summary>
    public static IEnumerable<V1StatusCause> Faults(JsonNode? columns, string field)
    {
        foreach (var (i, column) in columns.Objects().Index())
        {
            if (!Types.Contains(column.Text("type")))
                yield return Fault.Invalid($"{field}[{i}].type", column["type"], $"must be one of {string.Join(',', Types)}");
            if (column.Text("jsonPath") is not { } path || !path.StartsWith('.') || !ColumnPath.IsOne(path))
                yield return Fault.Invalid($"{field}[{i}].jsonPath", column["jsonPath"], "must be a simple json path starting with .");
        }
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
