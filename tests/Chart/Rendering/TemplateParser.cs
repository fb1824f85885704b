using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Hearth.Chart.Tests.Rendering;

/// <summary>
/// Reads the subset of Go's templates that the chart may use: <c>if</c>, <c>with</c>, <c>range</c>, <c>define</c>, paths, literals, pipelines, calls.
/// Variables are those of <c>range</c>; whatever else there is in Go is refused.
/// </summary>
internal sealed class TemplateParser
{
    private readonly List<(bool IsAction, string Value)> _pieces;
    private int _piece;
    private IReadOnlyList<string> _tokens = [];
    private int _token;

    private TemplateParser(string template) => _pieces = [.. TemplateLexer.Split(template)];

    /// <summary>The nodes of a template.</summary>
    /// <exception cref="TemplateException">It is not in the subset.</exception>
    public static IReadOnlyList<TemplateNode> Parse(string template)
    {
        var parser = new TemplateParser(template);
        var nodes = parser.ParseBody(out var end);
        return end is null ? nodes : throw new TemplateException($"\"{end}\" has no beginning");
    }

    /// <summary>Nodes up to <c>else</c> or <c>end</c>, which is returned, or to the end of the template.</summary>
    private List<TemplateNode> ParseBody(out string? end)
    {
        var nodes = new List<TemplateNode>();
        while (_piece < _pieces.Count)
        {
            var (isAction, value) = _pieces[_piece++];
            if (!isAction)
            {
                nodes.Add(new TemplateNode.Text(value));
                continue;
            }
            (_tokens, _token) = (TemplateLexer.Tokens(value), 0);
            if (Peek() is "end" or "else")
            {
                end = Next();
                return nodes;
            }
            nodes.Add(ParseAction());
        }
        end = null;
        return nodes;
    }

    private TemplateNode ParseAction()
    {
        switch (Peek())
        {
            case "if":
                return ParseIf();
            case "with":
                Next();
                var value = ParseWhole();
                var body = ParseBody(out var end);
                var otherwise = end == "else" ? ParseBody(out end) : [];
                RequireEnd(end);
                return new TemplateNode.With(value, body, otherwise);
            case "range":
                return ParseRange();
            case "define":
                Next();
                var name = (string)JsonNode.Parse(Next())!;
                var defined = ParseBody(out end);
                RequireEnd(end);
                return new TemplateNode.Define(name, defined);
            default:
                return new TemplateNode.Print(ParseWhole());
        }
    }

    private TemplateNode.If ParseIf()
    {
        var branches = new List<(TemplateExpression?, IReadOnlyList<TemplateNode>)>();
        string? end;
        do
        {
            TemplateExpression? condition = null;
            if (Peek() == "if")
            {
                Next();
                condition = ParseWhole();
            }
            branches.Add((condition, ParseBody(out end)));
        }
        while (end == "else");
        RequireEnd(end);
        return new(branches);
    }

    private TemplateNode.Range ParseRange()
    {
        Next();
        string? key = null, item = null;
        if (_tokens.Contains(":="))
        {
            item = Next()[1..];
            if (Peek() == ",")
            {
                Next();
                (key, item) = (item, Next()[1..]);
            }
            if (Next() != ":=")
                throw Unexpected();
        }
        var source = ParseWhole();
        var body = ParseBody(out var end);
        RequireEnd(end);
        return new(key, item, source, body);
    }

    /// <summary>A pipeline that ends with its action.</summary>
    private TemplateExpression ParseWhole()
    {
        var value = ParsePipeline();
        return Peek() is null ? value : throw Unexpected();
    }

    private TemplateExpression ParsePipeline()
    {
        var value = ParseCommand(null);
        while (Peek() == "|")
        {
            Next();
            value = ParseCommand(value);
        }
        return value;
    }

    private TemplateExpression ParseCommand(TemplateExpression? piped)
    {
        var first = Peek() ?? throw Unexpected();
        var isFunction = char.IsAsciiLetter(first[0]) && first is not ("true" or "false");
        var isMethod = first.Contains(".Files.", StringComparison.Ordinal);
        if (!isFunction && !isMethod)
            return piped is null ? ParseOperand() : throw Unexpected();
        Next();
        var arguments = new List<TemplateExpression>();
        while (Peek() is not (null or "|" or ")"))
            arguments.Add(ParseOperand());
        if (piped is not null)
            arguments.Add(piped);
        return new TemplateExpression.Call(isMethod ? first[first.IndexOf('.', StringComparison.Ordinal)..] : first, arguments);
    }

    private TemplateExpression ParseOperand()
    {
        var token = Next();
        switch (token[0])
        {
            case '(':
                var inner = ParsePipeline();
                return Next() == ")" ? inner : throw Unexpected();
            case '"':
                return new TemplateExpression.Literal(JsonValue.Create(JsonSerializer.Deserialize<string>(token)!)!);
            case '.':
                return new TemplateExpression.Path(null, Fields(token));
            case '$':
                var name = token[1..].Split('.')[0];
                return new TemplateExpression.Path(name, Fields(token[(1 + name.Length)..]));
            case 't' or 'f' when token is "true" or "false":
                return new TemplateExpression.Literal(JsonValue.Create(token == "true"));
            default:
                return long.TryParse(token, CultureInfo.InvariantCulture, out var number)
                    ? new TemplateExpression.Literal(JsonValue.Create(number))
                    : throw Unexpected();
        }
    }

    private static string[] Fields(string path) => path.Split('.', StringSplitOptions.RemoveEmptyEntries);

    private string? Peek() => _token < _tokens.Count ? _tokens[_token] : null;

    private string Next() => _token < _tokens.Count ? _tokens[_token++] : throw Unexpected();

    private static void RequireEnd(string? end)
    {
        if (end != "end")
            throw new TemplateException($"expected {{{{ end }}}}, not {end ?? "the end of the file"}");
    }

    private TemplateException Unexpected() =>
        new($"\"{string.Join(' ', _tokens)}\" is not in the subset of templates this chart may use, at token {_token}");
}
