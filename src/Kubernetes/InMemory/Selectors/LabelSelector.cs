using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Hearth.Kubernetes.InMemory.Selectors;

/// <summary>Selection by labels: <c>a=b,c!=d,e in (f,g),h notin (i),j,!k,l&gt;1</c>.</summary>
internal sealed partial class LabelSelector
{
    private readonly List<LabelRequirement> _requirements = [];

    /// <summary>Reads a selector; an empty one selects everything.</summary>
    /// <exception cref="StatusException">400: the text is no selector.</exception>
    public static LabelSelector Parse(string? text)
    {
        var selector = new LabelSelector();
        var position = 0;
        while (position < (text?.Length ?? 0))
        {
            var term = Term().Match(text!, position);
            if (!term.Success)
                throw Refusal.BadRequest($"unable to parse requirement: found '{Culprit(text![position..])}', expected: in, notin, =, ==, !=, gt, lt");
            selector._requirements.Add(Read(term));
            position += term.Length;
        }
        return selector;
    }

    public bool Matches(JsonObject entity)
    {
        if (_requirements.Count == 0)
            return true;
        var labels = entity.Metadata()["labels"] as JsonObject;
        return _requirements.TrueForAll(r => r.Holds(labels));
    }

    // The word after the first is where an operator should stand.
    private static string Culprit(string rest) => rest.Split(' ', 2, StringSplitOptions.RemoveEmptyEntries) is [_, var next] ? next : rest;

    private static LabelRequirement Read(Match term)
    {
        var key = term.Groups["key"].Value;
        var value = term.Groups["value"].Value;
        if (term.Groups["not"].Success)
            return new(key, LabelOperator.DoesNotExist, []);
        return term.Groups["op"].Value switch
        {
            "in" => new(key, LabelOperator.In, Values()),
            "notin" => new(key, LabelOperator.NotIn, Values()),
            "" => new(key, LabelOperator.Exists, []),
            "!=" => new(key, LabelOperator.NotIn, [value]),
            ">" => new(key, LabelOperator.GreaterThan, [value]),
            "<" => new(key, LabelOperator.LessThan, [value]),
            _ => new(key, LabelOperator.In, [value]),
        };

        string[] Values() => term.Groups["values"].Value.Split(',', StringSplitOptions.TrimEntries);
    }

    // One term and the comma after it. The look-ahead refuses a trailing comma and text that is left over.
    [GeneratedRegex(
        """
        \G\s* (?: (?<not>!) \s* (?<key>[\w./-]+)
               | (?<key>[\w./-]+) (?: \s+ (?<op>in|notin) \s* \( (?<values>[^()]*) \)
                                   | \s* (?<op>==|=|!=|>|<) \s* (?<value>[\w.-]*) )? )
           \s* (?: ,(?=.) | $ )
        """,
        RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Term();
}
