using System.Text;

namespace Hearth.Training.Datasets;

/// <summary>Splits a line of a table into fields, by RFC 4180; a field does not go on in the next line.</summary>
internal static class CsvLine
{
    /// <summary>The fields; null where a quote is not closed, or closed within a field.</summary>
    public static List<string>? Split(string line, char separator)
    {
        List<string> fields = [];
        for (var i = 0; ; i++)
        {
            if (i < line.Length && line[i] == '"')
            {
                if (ReadQuoted(line, ref i) is not { } field || (i < line.Length && line[i] != separator))
                    return null;
                fields.Add(field);
            }
            else
            {
                var end = line.IndexOf(separator, i);
                fields.Add(line[i..(end < 0 ? line.Length : end)]);
                i = end < 0 ? line.Length : end;
            }
            if (i >= line.Length)
                return fields;
        }
    }

    /// <summary>Reads from one quote to the one that closes it; two in a row are one that is meant.</summary>
    private static string? ReadQuoted(string line, ref int i)
    {
        var field = new StringBuilder();
        for (i++; i < line.Length; i++)
        {
            if (line[i] != '"')
                field.Append(line[i]);
            else if (i + 1 < line.Length && line[i + 1] == '"')
                field.Append(line[i++]);
            else
            {
                i++;
                return field.ToString();
            }
        }
        return null;
    }
}
