namespace Hearth.Chart.Tests.Rendering;

/// <summary>A piece of a template.</summary>
internal abstract record TemplateNode
{
    /// <summary>Text that is copied.</summary>
    public sealed record Text(string Value) : TemplateNode;

    /// <summary>An action whose value is written.</summary>
    public sealed record Print(TemplateExpression Value) : TemplateNode;

    /// <summary><c>if ... else if ... else ... end</c>; an else has no condition.</summary>
    public sealed record If(IReadOnlyList<(TemplateExpression? Condition, IReadOnlyList<TemplateNode> Body)> Branches) : TemplateNode;

    /// <summary><c>with ... else ... end</c>: the value becomes the dot.</summary>
    public sealed record With(TemplateExpression Value, IReadOnlyList<TemplateNode> Body, IReadOnlyList<TemplateNode> Else) : TemplateNode;

    /// <summary><c>range $key, $value := ... end</c> over a map, in the order of its keys, or a list.</summary>
    public sealed record Range(string? Key, string? Value, TemplateExpression Source, IReadOnlyList<TemplateNode> Body) : TemplateNode;

    /// <summary><c>define "name" ... end</c>.</summary>
    public sealed record Define(string Name, IReadOnlyList<TemplateNode> Body) : TemplateNode;
}
