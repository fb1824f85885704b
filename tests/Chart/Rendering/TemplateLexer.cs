using System.Text.RegularExpressions;

namespace Hearth.Chart.Tests.Rendering;

/// <summary>Cuts a template into text and actions, and an action into tokens.</summary>
internal static partial class TemplateLexer
{
    /// <summary>Text and actions in order; an action is its inside without the marks. Comments are dropped, <c>-</c> trims the text beside it.</summary>
    public static IEnumerable<(bool IsAction, string Value)> Split(string template)
    {
        var position = 0;
        var trimStart = false;
        foreach (Match action in Action().Matches(template))
        {
            var text = template[position..action.Index];
            if (trimStart)
                text = text.TrimStart(' ', '\t', '\r', '\n');
            if (action.Groups["left"].Success)
                text = text.TrimEnd(' ', '\t', '\r', '\n');
            if (text.Length > 0)
                yield return (false, text);
            if (!action.Groups["comment"].Success)
                yield return (true, action.Groups["inside"].Value);
            position = action.Index + action.Length;
            trimStart = action.Groups["right"].Success;
        }
        var rest = trimStart ? template[position..].TrimStart(' ', '\t', '\r', '\n') : template[position..];
        if (rest.Contains("{{", StringComparison.Ordinal))
            throw new TemplateException($"an action is not closed: {rest}");
        yield return (false, rest);
    }

    /// <summary>Strings, numbers, paths, names and signs of an action.</summary>
    public static IReadOnlyList<string> Tokens(string action)
    {
        var tokens = new List<string>();
        for (var position = 0; position < action.Length;)
        {
            var token = Token().Match(action, position);
            if (!token.Success || token.Index != position)
                throw new TemplateException($"\"{action[position..]}\" is not in the subset of templates this chart may use");
            if (token.Value.Trim().Length > 0)
                tokens.Add(token.Value);
            position += token.Length;
        }
        return tokens;
    }

    [GeneratedRegex(@"\{\{(?<left>-(?=\s))?\s*(?:(?<comment>/\*.*?\*/)|(?<inside>.*?))\s*(?<right>(?<=\s)-)?\}\}", RegexOptions.Singleline)]
    private static partial Regex Action();

    [GeneratedRegex("""\s+|"(?:[^"\\]|\\.)*"|-?[0-9]+|:=|[|(),]|\$?[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*|\$?(?:\.[A-Za-z_][A-Za-z0-9_]*)+|\$|\.""")]
    private static partial Regex Token();
}
