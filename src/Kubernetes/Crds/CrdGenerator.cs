using System.Reflection;
using System.Text.Json.Nodes;
using Hearth.Api.Meta;
using Hearth.Api.Schema;

namespace Hearth.Kubernetes.Crds;

/// <summary>Makes the CustomResourceDefinition (apiextensions.k8s.io/v1) of a kind from its C# type.</summary>
public static class CrdGenerator
{
    private const string ApiVersionDescription =
        "APIVersion defines the versioned schema of this representation of an object. Servers should convert recognized schemas to the " +
        "latest internal value, and may reject unrecognized values.";

    private const string KindDescription =
        "Kind is a string value representing the REST resource this object represents. Servers may infer this from the endpoint the client " +
        "submits requests to. Cannot be updated. In CamelCase.";

    /// <summary>The definition of <typeparamref name="T"/>, whose spec, and status where it has one, are properties of those names.</summary>
    /// <exception cref="ArgumentException">The type has no <see cref="KubernetesEntityAttribute"/>, or no spec; the message says what to add.</exception>
    /// <exception cref="FileNotFoundException">The XML documentation of the type's assembly is missing.</exception>
    public static JsonObject Generate<T>()
        where T : class, IResource<T>
    {
        var definition = T.Definition;
        return new()
        {
            ["apiVersion"] = "apiextensions.k8s.io/v1",
            ["kind"] = "CustomResourceDefinition",
            ["metadata"] = new JsonObject { ["name"] = $"{definition.Plural}.{definition.Group}" },
            ["spec"] = new JsonObject
            {
                ["group"] = definition.Group,
                ["names"] = Names(definition, Entity<T>()),
                ["scope"] = definition.Namespaced ? "Namespaced" : "Cluster",
                ["versions"] = new JsonArray(Version<T>(definition)),
            },
        };
    }

    private static KubernetesEntityAttribute Entity<T>() => typeof(T).GetCustomAttribute<KubernetesEntityAttribute>()
        ?? throw new ArgumentException($"\"{typeof(T).Name}\" has no [KubernetesEntity]: add it to generate a definition.");

    private static JsonObject Names(ResourceDefinition definition, KubernetesEntityAttribute entity) => new()
    {
        ["kind"] = definition.Kind,
        ["listKind"] = definition.Kind + "List",
        ["plural"] = definition.Plural,
        ["singular"] = definition.Kind.ToLowerInvariant(),
        ["shortNames"] = Texts(entity.ShortNames),
        ["categories"] = Texts(entity.Categories),
    };

    private static JsonObject Version<T>(ResourceDefinition definition)
        where T : class, IResource<T>
    {
        var subresources = new JsonObject();
        if (T.JsonTypeInfo.Properties.Any(p => p.Name == "status"))
            subresources["status"] = new JsonObject();
        if (Entity<T>() is { ScaleSpecPath: { } specPath, ScaleStatusPath: { } statusPath })
            subresources["scale"] = new JsonObject { ["specReplicasPath"] = specPath, ["statusReplicasPath"] = statusPath };
        return new()
        {
            ["name"] = definition.Version,
            ["served"] = true,
            ["storage"] = true,
            ["additionalPrinterColumns"] = Columns<T>(),
            ["subresources"] = subresources,
            ["schema"] = new JsonObject { ["openAPIV3Schema"] = Schema<T>() },
        };
    }

    private static JsonArray Columns<T>() => new([.. typeof(T).GetCustomAttributes<AdditionalPrinterColumnAttribute>().Select(column =>
    {
        var json = new JsonObject { ["name"] = column.Name, ["type"] = column.Type, ["jsonPath"] = column.JsonPath };
        if (column.Priority > 0)
            json["priority"] = column.Priority;
        return (JsonNode)json;
    })]);

    private static JsonObject Schema<T>()
        where T : class, IResource<T>
    {
        var descriptions = XmlDescriptions.Load(typeof(T).Assembly);
        var generator = new SchemaGenerator(T.JsonTypeInfo.Options, descriptions);
        var contract = T.JsonTypeInfo.Properties.ToDictionary(p => p.Name);
        if (!contract.TryGetValue("spec", out var spec))
        {
            throw new ArgumentException(
                $"\"{typeof(T).Name}\" has no property \"spec\" in JSON: it needs a property Spec, and its JSON context PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase.");
        }
        var schema = new JsonObject
        {
            ["description"] = descriptions.Of(typeof(T)),
            ["type"] = "object",
            ["properties"] = new JsonObject
            {
                ["apiVersion"] = new JsonObject { ["description"] = ApiVersionDescription, ["type"] = "string" },
                ["kind"] = new JsonObject { ["description"] = KindDescription, ["type"] = "string" },
                ["metadata"] = new JsonObject { ["type"] = "object" },
                ["spec"] = Part(spec.PropertyType, withDefaults: true),
            },
            ["required"] = Texts(["spec"]),
        };
        if (contract.TryGetValue("status", out var status))
            schema["properties"]!["status"] = Part(status.PropertyType, withDefaults: false);
        SchemaGenerator.AddRules(schema, typeof(T));
        return schema;

        JsonObject Part(Type type, bool withDefaults)
        {
            var part = new JsonObject { ["description"] = descriptions.Of(type) };
            foreach (var (key, value) in generator.Object(type, withDefaults))
                part[key] = value?.DeepClone();
            return part;
        }
    }

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(t => (JsonNode)t)]);
}
