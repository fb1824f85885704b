using System.Text;
using System.Text.Json.Nodes;

namespace Hearth.Chart.Tests.Rendering;

/// <summary>Renders templates with the values of one release. Stricter than Helm: a field that is not in the values is an error, not empty.</summary>
/// <param name="root">What <c>$</c> is: Values, Release, Chart.</param>
/// <param name="files">Files of the chart that are no templates, by path.</param>
internal sealed class TemplateRenderer(JsonObject root, IReadOnlyDictionary<string, string> files)
{
    private readonly Dictionary<string, IReadOnlyList<TemplateNode>> _defined = [];

    /// <summary>Takes the definitions of a template and returns what else is in it.</summary>
    public IReadOnlyList<TemplateNode> Load(string template)
    {
        var nodes = TemplateParser.Parse(template);
        foreach (var define in nodes.OfType<TemplateNode.Define>())
            _defined.Add(define.Name, define.Body);
        return [.. nodes.Where(n => n is not TemplateNode.Define)];
    }

    /// <summary>The text of a loaded template.</summary>
    public string Render(IReadOnlyList<TemplateNode> nodes) => Render(nodes, new(root, []));

    private string Render(IReadOnlyList<TemplateNode> nodes, Scope scope)
    {
        var text = new StringBuilder();
        foreach (var node in nodes)
            text.Append(Render(node, scope));
        return text.ToString();
    }

    private string Render(TemplateNode node, Scope scope)
    {
        switch (node)
        {
            case TemplateNode.Text text:
                return text.Value;
            case TemplateNode.Print print:
                return TemplateFunctions.Print(Evaluate(print.Value, scope));
            case TemplateNode.If condition:
                var taken = condition.Branches.FirstOrDefault(b => b.Condition is null || TemplateFunctions.IsTrue(Evaluate(b.Condition, scope)));
                return taken.Body is null ? "" : Render(taken.Body, scope);
            case TemplateNode.With with:
                var value = Evaluate(with.Value, scope);
                return TemplateFunctions.IsTrue(value) ? Render(with.Body, scope with { Dot = value }) : Render(with.Else, scope);
            case TemplateNode.Range range:
                return string.Concat(Items(Evaluate(range.Source, scope)).Select(item => Render(range.Body, Enter(scope, range, item.Key, item.Value))));
            default:
                throw new TemplateException($"{node.GetType().Name} is not at the top of its file");
        }
    }

    private static IEnumerable<(JsonNode? Key, JsonNode? Value)> Items(JsonNode? source) => source switch
    {
        null => [],
        JsonArray list => list.Select((item, i) => ((JsonNode?)(long)i, item)),
        JsonObject entries => entries.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => ((JsonNode?)e.Key, e.Value)),
        _ => throw new TemplateException($"range over {source.ToJsonString()}"),
    };

    private static Scope Enter(Scope scope, TemplateNode.Range range, JsonNode? key, JsonNode? value)
    {
        var variables = new Dictionary<string, JsonNode?>(scope.Variables);
        if (range.Key is { } keyName)
            variables[keyName] = key;
        if (range.Value is { } valueName)
            variables[valueName] = value;
        return new(value, variables);
    }

    private JsonNode? Evaluate(TemplateExpression expression, Scope scope) => expression switch
    {
        TemplateExpression.Literal literal => literal.Value,
        TemplateExpression.Path path => Walk(path, scope),
        TemplateExpression.Call call => Call(call.Function, [.. call.Arguments.Select(a => Evaluate(a, scope))]),
        _ => throw new TemplateException($"{expression} has no value"),
    };

    private JsonNode? Call(string function, JsonNode?[] arguments)
    {
        switch (function)
        {
            case "include":
                var name = TemplateFunctions.Print(arguments[0]);
                var body = _defined.GetValueOrDefault(name) ?? throw new TemplateException($"\"{name}\" is not defined");
                return Render(body, new(arguments[1], []));
            case ".Files.Get":
                return files[TemplateFunctions.Print(arguments[0])];
            case ".Files.Glob":
                var pattern = TemplateFunctions.Print(arguments[0]).Split('*');
                return new JsonObject(files
                    .Where(f => f.Key.StartsWith(pattern[0], StringComparison.Ordinal) && f.Key.EndsWith(pattern[1], StringComparison.Ordinal))
                    .Select(f => KeyValuePair.Create(f.Key, (JsonNode?)f.Value)));
            default:
                return TemplateFunctions.Call(function, arguments);
        }
    }

    private JsonNode? Walk(TemplateExpression.Path path, Scope scope)
    {
        var value = path.Variable switch
        {
            null => scope.Dot,
            "" => root,
            var name => scope.Variables.TryGetValue(name, out var variable) ? variable : throw new TemplateException($"${name} is not known here"),
        };
        foreach (var field in path.Fields)
        {
            if (value is not JsonObject entries || !entries.TryGetPropertyValue(field, out value))
                throw new TemplateException($".{string.Join('.', path.Fields)} has no value for \"{field}\"");
        }
        return value;
    }

    private sealed record Scope(JsonNode? Dot, Dictionary<string, JsonNode?> Variables);
}
