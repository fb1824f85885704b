using System.Text.Json.Nodes;

namespace Hearth.Chart.Tests.Rendering;

/// <summary>A value in an action.</summary>
internal abstract record TemplateExpression
{
    /// <summary>A string, number or boolean.</summary>
    public sealed record Literal(JsonNode Value) : TemplateExpression;

    /// <summary><c>.a.b</c>, <c>$.a.b</c> or <c>$name.a.b</c>; no variable is the dot, an empty one the root.</summary>
    public sealed record Path(string? Variable, IReadOnlyList<string> Fields) : TemplateExpression;

    /// <summary>A function or method by name, applied. A pipeline's earlier value is its last argument.</summary>
    public sealed record Call(string Function, IReadOnlyList<TemplateExpression> Arguments) : TemplateExpression;
}
