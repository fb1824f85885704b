using System.Text.Json.Nodes;
using Hearth.Kubernetes.InMemory.Kinds;

namespace Hearth.Kubernetes.InMemory.Selectors;

/// <summary>Selection by fields: <c>spec.nodeName=a,status.phase!=Failed</c>.</summary>
internal sealed class FieldSelector
{
    private readonly List<(string Field, string Value, bool Equal)> _terms = [];

    /// <summary>Reads a selector; an empty one selects everything.</summary>
    /// <exception cref="StatusException">400: the text is no selector, or names a field that the kind does not offer.</exception>
    public static FieldSelector Parse(string? text, ResourceKind kind)
    {
        var selector = new FieldSelector();
        foreach (var term in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var at = term.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0)
                throw Refusal.BadRequest($"invalid selector: '{term}'; can't understand '{term}'");
            var equal = term[at - 1] != '!';
            var field = term[..(equal ? at : at - 1)].Trim();
            if (field is not ("metadata.name" or "metadata.namespace") && !kind.SelectableFields.Contains(field))
                throw Refusal.BadRequest($"field label not supported: {field}");
            selector._terms.Add((field, term[at..].TrimStart('=').Trim(), equal));
        }
        return selector;
    }

    public bool Matches(JsonObject entity) => _terms.TrueForAll(t => (Value(entity, t.Field) == t.Value) == t.Equal);

    private static string Value(JsonObject entity, string field) => field switch
    {
        "source" => (entity.AtPath("source.component") ?? entity["reportingComponent"])?.ToString() ?? "",
        "spec.unschedulable" => entity.AtPath(field).IsTrue() ? "true" : "false",
        _ => entity.AtPath(field)?.ToString() ?? "",
    };
}
