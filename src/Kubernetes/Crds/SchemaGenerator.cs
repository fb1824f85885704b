using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Hearth.Api.Meta;
using Hearth.Api.Schema;

namespace Hearth.Kubernetes.Crds;

/// <summary>
/// Writes the structural schema of a type from its JSON contract. Names, types and order are those of the JSON; bounds come from the attributes
/// of <c>Hearth.Api.Schema</c>, descriptions from doc comments, and defaults are what a fresh instance holds. The default of an object is
/// written in full: an API server checks a default against the CEL rules below it before it fills in nested defaults.
/// </summary>
internal sealed class SchemaGenerator(JsonSerializerOptions json, XmlDescriptions descriptions)
{
    private const int DurationLength = 32;

    /// <summary>Schema of an object type.</summary>
    /// <param name="type">The type.</param>
    /// <param name="withDefaults">Whether a user writes it: what the server writes has no defaults.</param>
    public JsonObject Object(Type type, bool withDefaults)
    {
        var contract = json.GetTypeInfo(type);
        var fresh = withDefaults ? JsonSerializer.SerializeToNode(contract.CreateObject!(), contract) as JsonObject : null;
        var properties = new JsonObject();
        var required = new List<string>();
        foreach (var property in contract.Properties.Where(p => !p.IsExtensionData))
        {
            var isRequired = Find<RequiredAttribute>(property) is not null;
            if (isRequired)
                required.Add(property.Name);
            var schema = Property(property, withDefaults);
            if (!isRequired && fresh?[property.Name] is { } value)
                schema["default"] = value.DeepClone();
            properties[property.Name] = schema;
        }
        var result = new JsonObject { ["type"] = "object", ["properties"] = properties };
        if (required.Count > 0)
            result["required"] = new JsonArray([.. required.Select(r => (JsonNode)r)]);
        AddRules(result, type);
        return result;
    }

    private JsonObject Property(JsonPropertyInfo property, bool withDefaults)
    {
        var schema = new JsonObject();
        if (property.AttributeProvider is MemberInfo member && descriptions.Of(member) is { } description)
            schema["description"] = description;
        foreach (var (key, value) in Type(property.PropertyType, withDefaults, Find<PreserveUnknownFieldsAttribute>(property) is not null))
            schema[key] = value?.DeepClone();
        AddBounds(schema, property);
        if (property.AttributeProvider is { } provider)
            AddRules(schema, provider);
        return schema;
    }

    private JsonObject Type(Type declared, bool withDefaults, bool preserve)
    {
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        if (type == typeof(string))
            return new() { ["type"] = "string" };
        if (type == typeof(bool))
            return new() { ["type"] = "boolean" };
        if (type == typeof(int))
            return new() { ["type"] = "integer", ["format"] = "int32" };
        if (type == typeof(long))
            return new() { ["type"] = "integer", ["format"] = "int64" };
        if (type == typeof(double))
            return new() { ["type"] = "number", ["format"] = "double" };
        if (type == typeof(DateTimeOffset))
            return new() { ["type"] = "string", ["format"] = "date-time" };
        if (type == typeof(TimeSpan))
            return new() { ["type"] = "string", ["maxLength"] = DurationLength, ["pattern"] = KubernetesDurationConverter.Pattern };
        if (type.IsEnum)
            return new() { ["type"] = "string", ["enum"] = EnumNames(type) };
        var contract = json.GetTypeInfo(type);
        switch (contract.Kind)
        {
            case JsonTypeInfoKind.Enumerable:
                return List(contract.ElementType!, withDefaults, preserve);
            case JsonTypeInfoKind.Dictionary:
                return new() { ["type"] = "object", ["additionalProperties"] = Type(contract.ElementType!, withDefaults, preserve) };
        }
        if (preserve)
            return new() { ["type"] = "object", ["x-kubernetes-preserve-unknown-fields"] = true };
        return type == typeof(JsonElement) ? new() { ["x-kubernetes-preserve-unknown-fields"] = true } : Object(type, withDefaults);
    }

    private JsonObject List(Type element, bool withDefaults, bool preserve)
    {
        var list = new JsonObject { ["type"] = "array", ["items"] = Type(element, withDefaults, preserve) };
        if (element != typeof(V1Condition))
            return list;
        list["x-kubernetes-list-type"] = "map";
        list["x-kubernetes-list-map-keys"] = new JsonArray("type");
        return list;
    }

    /// <summary>Names of the members as JSON writes them.</summary>
    private JsonArray EnumNames(Type type)
    {
        var contract = json.GetTypeInfo(type);
        var members = Enum.GetValuesAsUnderlyingType(type).Cast<object>().Select(v => Enum.ToObject(type, v));
        return new([.. members.Select(m => JsonSerializer.SerializeToNode(m, contract))]);
    }

    private static void AddBounds(JsonObject schema, JsonPropertyInfo property)
    {
        if (Find<RangeAttribute>(property) is { } range)
        {
            // The bounds of int64 are those of the type: a server reads them as doubles, which round beyond it, and then accepts no value.
            if (range.Minimum > long.MinValue)
                schema["minimum"] = range.Minimum;
            if (range.Maximum < long.MaxValue)
                schema["maximum"] = range.Maximum;
        }
        if (Find<LengthAttribute>(property) is { } length)
        {
            if (length.Minimum > 0)
                schema["minLength"] = length.Minimum;
            schema["maxLength"] = length.Maximum;
        }
        if (Find<PatternAttribute>(property) is { } pattern)
            schema["pattern"] = pattern.Expression;
        if (Find<ItemsAttribute>(property) is { } items)
            schema[schema.ContainsKey("items") ? "maxItems" : "maxProperties"] = items.Maximum;
        if (Find<EnumValuesAttribute>(property) is { } values)
            schema["enum"] = new JsonArray([.. values.Values.Select(v => (JsonNode)v)]);
    }

    /// <summary>Adds the CEL rules that stand on a type or property.</summary>
    public static void AddRules(JsonObject schema, ICustomAttributeProvider provider)
    {
        var rules = provider.GetCustomAttributes(typeof(ValidationRuleAttribute), inherit: true).Cast<ValidationRuleAttribute>().Select(r =>
        {
            var rule = new JsonObject { ["rule"] = r.Rule, ["message"] = r.Message };
            if (r.FieldPath is not null)
                rule["fieldPath"] = r.FieldPath;
            return (JsonNode)rule;
        }).ToArray();
        if (rules.Length > 0)
            schema["x-kubernetes-validations"] = new JsonArray(rules);
    }

    private static T? Find<T>(JsonPropertyInfo property)
        where T : Attribute => (T?)property.AttributeProvider?.GetCustomAttributes(typeof(T), inherit: true).FirstOrDefault();
}
