using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Hearth.Kubernetes.Crds;

/// <summary>Summaries of the doc comments of an assembly, from the XML file that the compiler writes beside it.</summary>
internal sealed partial class XmlDescriptions
{
    private readonly Dictionary<string, string> _summaries;

    private XmlDescriptions(Dictionary<string, string> summaries) => _summaries = summaries;

    /// <summary>Reads the file of <paramref name="assembly"/> from the program's directory.</summary>
    /// <exception cref="FileNotFoundException">The file is not there.</exception>
    public static XmlDescriptions Load(Assembly assembly)
    {
        var path = Path.Combine(AppContext.BaseDirectory, assembly.GetName().Name + ".xml");
        if (!File.Exists(path))
        {
            throw new FileNotFoundException(
                $"The descriptions of the schema are in \"{path}\", which is missing: build with GenerateDocumentationFile=true, publish with PublishDocumentationFiles=true.", path);
        }
        return new(XDocument.Load(path).Descendants("member")
            .Where(m => m.Element("summary") is not null)
            .ToDictionary(m => m.Attribute("name")!.Value, m => Text(m.Element("summary")!)));
    }

    /// <summary>Summary of a type, or null.</summary>
    public string? Of(Type type) => _summaries.GetValueOrDefault($"T:{type.FullName}");

    /// <summary>Summary of a property, or null.</summary>
    public string? Of(MemberInfo property)
    {
        var type = property.DeclaringType!;
        var declaring = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        return _summaries.GetValueOrDefault($"P:{declaring.FullName}.{property.Name}");
    }

    private static string Text(XElement summary)
    {
        foreach (var reference in summary.Descendants().Where(e => e.Attribute("cref") is not null).ToList())
            reference.ReplaceWith(reference.Attribute("cref")!.Value.Split('.')[^1]);
        return Whitespace().Replace(summary.Value, " ").Trim();
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Whitespace();
}
