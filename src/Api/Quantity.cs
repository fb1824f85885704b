using System.Globalization;
using System.Text.RegularExpressions;

namespace Hearth.Api;

/// <summary>Kubernetes quantities: <c>500m</c>, <c>2</c>, <c>1.5Gi</c>, <c>10M</c>, <c>1e3</c>.</summary>
public static partial class Quantity
{
    /// <summary>What the schema asks of a quantity.</summary>
    public const string Pattern = @"^[0-9]+(\.[0-9]+)?(m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi|e[0-9]+)?$";

    /// <summary>Reads a quantity as a plain number: cores, bytes or a count.</summary>
    /// <exception cref="FormatException">The text is no quantity.</exception>
    public static double Parse(string text)
    {
        var match = Whole().Match(text);
        if (!match.Success)
            throw new FormatException($"\"{text}\" is no quantity: write a number with an optional suffix, for example \"500m\", \"2\" or \"1.5Gi\".");
        var number = double.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        var suffix = match.Groups[2].Value;
        return suffix switch
        {
            "" => number,
            "m" => number / 1000,
            "k" => number * 1e3,
            "M" => number * 1e6,
            "G" => number * 1e9,
            "T" => number * 1e12,
            "P" => number * 1e15,
            "Ki" => number * (1L << 10),
            "Mi" => number * (1L << 20),
            "Gi" => number * (1L << 30),
            "Ti" => number * (1L << 40),
            "Pi" => number * (1L << 50),
            _ => number * Math.Pow(10, int.Parse(suffix.AsSpan(1), CultureInfo.InvariantCulture)),
        };
    }

    [GeneratedRegex(@"^([0-9]+(?:\.[0-9]+)?)(m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi|e[0-9]+)?$")]
    private static partial Regex Whole();
}
