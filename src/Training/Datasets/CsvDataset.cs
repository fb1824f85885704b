using System.Collections.Immutable;
using System.Globalization;
using Hearth.Compute;

namespace Hearth.Training.Datasets;

/// <summary>Data from a table of text: one column holds the class, all others hold finite numbers. Empty lines are passed over.</summary>
public static class CsvDataset
{
    /// <summary>Reads a file in UTF-8.</summary>
    /// <exception cref="DatasetException">It is malformed.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static Dataset Read(string path, CsvOptions? options = null)
    {
        options ??= new CsvOptions();
        List<float> features = [];
        List<(string Class, int Line)> labels = [];
        var (columns, labelColumn) = (0, 0);
        foreach (var (index, line) in File.ReadLines(path).Index())
        {
            if (line.Length == 0)
                continue;
            var fields = CsvLine.Split(line, options.Separator)
                ?? throw Fault(path, index + 1, "a quoted field is expected to end with a quote before a separator or the line's end, found none");
            var isFirst = columns == 0;
            if (isFirst)
                (columns, labelColumn) = (fields.Count, FindLabel(path, index + 1, fields, options));
            if (fields.Count != columns)
                throw Fault(path, index + 1, $"{columns} fields are expected, found {fields.Count}");
            if (isFirst && options.Header)
                continue;
            labels.Add((fields[labelColumn], index + 1));
            fields.RemoveAt(labelColumn);
            foreach (var (column, field) in fields.Index())
                features.Add(ParseFeature(path, index + 1, column < labelColumn ? column : column + 1, field));
        }
        if (labels.Count == 0)
            throw new DatasetException(path, "one line of data or more is expected, found none");
        var classes = options.Classes ?? SortClasses(labels.Select(label => label.Class).Distinct());
        return new Dataset([.. features], IndexLabels(path, labels, classes), TensorShape.Of(columns - 1), classes);
    }

    private static int FindLabel(string path, int line, List<string> fields, CsvOptions options)
    {
        if (fields.Count < 2)
            throw Fault(path, line, $"a class and one feature or more, separated by '{options.Separator}', are expected, found {fields.Count} field");
        if (options.Label is not { } label)
            return fields.Count - 1;
        if (options.Header && fields.IndexOf(label) is var named and >= 0)
            return named;
        if (int.TryParse(label, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < fields.Count)
            return number;
        throw options.Header
            ? Fault(path, line, $"a column '{label}' is expected, found {string.Join(", ", fields.Select(field => $"'{field}'"))}")
            : Fault(path, line, $"a column of number '{label}' is expected, found columns 0 to {fields.Count - 1}");
    }

    private static float ParseFeature(string path, int line, int column, string field) =>
        float.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out var feature) && float.IsFinite(feature)
            ? feature
            : throw Fault(path, line, $"in column {column} a finite number is expected, found '{field}'");

    private static int[] IndexLabels(string path, List<(string Class, int Line)> labels, ImmutableArray<string> classes)
    {
        var known = classes.Index().ToDictionary(entry => entry.Item, entry => entry.Index);
        var indices = new int[labels.Count];
        foreach (var (i, (name, line)) in labels.Index())
        {
            indices[i] = known.TryGetValue(name, out var index)
                ? index
                : throw Fault(path, line, $"a class of {string.Join(", ", classes.Select(known => $"'{known}'"))} is expected, found '{name}'");
        }
        return indices;
    }

    /// <summary>Whole numbers in their order, anything else in that of its characters.</summary>
    private static ImmutableArray<string> SortClasses(IEnumerable<string> found)
    {
        var names = found.ToArray();
        return names.All(name => long.TryParse(name, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
            ? [.. names.OrderBy(name => long.Parse(name, CultureInfo.InvariantCulture))]
            : [.. names.Order(StringComparer.Ordinal)];
    }

    private static DatasetException Fault(string path, int line, string fault) => new(path, $"line {line}: {fault}");
}
