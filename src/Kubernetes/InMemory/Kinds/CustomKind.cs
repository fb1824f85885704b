using System.Text.Json.Nodes;
using Hearth.Kubernetes.InMemory.Tables;

namespace Hearth.Kubernetes.InMemory.Kinds;

/// <summary>Reads a CustomResourceDefinition. Only the storage version is served: there is no conversion between versions here.</summary>
internal static class CustomKind
{
    private static readonly JsonObject AnyObject = new() { ["type"] = "object", ["x-kubernetes-preserve-unknown-fields"] = true };

    /// <summary>The kind that <paramref name="definition"/> defines.</summary>
    /// <exception cref="StatusException">422: a name or the served storage version is missing, or a column is no column.</exception>
    public static ResourceKind Read(JsonObject definition)
    {
        var spec = definition["spec"];
        var names = spec.At("names");
        var version = spec.At("versions").Objects().FirstOrDefault(v => v["storage"].IsTrue() && v["served"].IsTrue())
            ?? throw Missing(definition, "spec.versions", "must have exactly one version marked as storage version, and serve it");
        var kind = new ResourceKind(
            spec.Text("group") ?? throw Missing(definition, "spec.group"),
            version.Text("name") ?? throw Missing(definition, "spec.versions[0].name"),
            names.Text("kind") ?? throw Missing(definition, "spec.names.kind"),
            names.Text("plural") ?? throw Missing(definition, "spec.names.plural"),
            spec.Text("scope") != "Cluster");
        if (definition.Name() != kind.GroupResource)
            throw Missing(definition, "metadata.name", $"must be spec.names.plural+\".\"+spec.group, {kind.GroupResource}");
        if (spec.Text("scope") is not ("Namespaced" or "Cluster"))
        {
            throw Refusal.Invalid(
                BuiltInKinds.CustomResourceDefinition, definition.Name(),
                [Fault.NotSupported("spec.scope", spec.At("scope"), ["Cluster", "Namespaced"])]);
        }
        var columns = version["additionalPrinterColumns"];
        var faults = CustomColumns.Faults(columns, $"spec.versions[{version.GetElementIndex()}].additionalPrinterColumns").ToList();
        if (faults.Count > 0)
            throw Refusal.Invalid(BuiltInKinds.CustomResourceDefinition, definition.Name(), faults);
        var scale = version.At("subresources", "scale");
        return kind with
        {
            Singular = names.Text("singular") ?? kind.Singular,
            ListKind = names.Text("listKind") ?? kind.ListKind,
            ShortNames = Texts(names.At("shortNames")),
            Categories = Texts(names.At("categories")),
            HasStatus = version.At("subresources", "status") is not null,
            HasGeneration = true,
            Scale = scale is null
                ? null
                : new(scale.Text("specReplicasPath") ?? "", scale.Text("statusReplicasPath") ?? "", scale.Text("labelSelectorPath")),
            Schema = version.At("schema", "openAPIV3Schema") as JsonObject ?? AnyObject,
            SelectableFields = [.. version["selectableFields"].Objects().Select(f => (f.Text("jsonPath") ?? "").TrimStart('.'))],
            Columns = CustomColumns.Read(columns),
        };
    }

    private static List<string> Texts(JsonNode? array) => [.. (array as JsonArray ?? []).Select(n => n.Text()).OfType<string>()];

    private static StatusException Missing(JsonObject definition, string field, string? detail = null) =>
        Refusal.Invalid(BuiltInKinds.CustomResourceDefinition, definition.Name(), [Fault.Required(field, detail)]);
}
