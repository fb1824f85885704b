using System.Text.Json.Nodes;
using Hearth.Api.Meta;
using Hearth.Api.Schema;
using Hearth.Kubernetes.InMemory.Schemas;

namespace Hearth.Kubernetes.InMemory.Writes;

/// <summary>What the schema of a custom resource, and its validator, do to an object.</summary>
internal sealed class CustomResourceRules(IReadOnlyDictionary<string, Func<JsonObject?, JsonObject, IEnumerable<FieldError>>> validators)
{
    /// <summary>Prunes and defaults <paramref name="entity"/>.</summary>
    /// <exception cref="StatusException">400: it has unknown fields and the request asks for strictness.</exception>
    public static void Complete(WriteRequest request, JsonObject entity)
    {
        Prune(request, entity);
        if (StatusSchema(request, entity) is { } status)
            SchemaDefaults.Apply(entity["status"], status);
        else
            SchemaDefaults.Apply(entity, request.Kind.Schema!);
    }

    /// <summary>Removes the fields that the kind does not have.</summary>
    /// <exception cref="StatusException">400: there are some and the request asks for strictness.</exception>
    public static void Prune(WriteRequest request, JsonObject entity)
    {
        var kind = request.Kind;
        var pruned = StatusSchema(request, entity) is { } status
            ? SchemaPruner.Prune(entity["status"], status, "status")
            : SchemaPruner.Prune(entity, kind.Schema!);
        var unknown = pruned.Select(f => $"unknown field \"{f}\"").ToList();
        if (unknown.Count > 0 && request.FieldValidation == FieldValidation.Strict)
            throw Refusal.Undecodable(kind, kind.Kind, $"strict decoding error: {string.Join(", ", unknown)}");
        if (request.FieldValidation == FieldValidation.Warn)
            request.Warnings.AddRange(unknown);
    }

    /// <summary>Every fault of <paramref name="entity"/>. Like CEL rules, the kind's validator speaks only when the schema is satisfied.</summary>
    public List<V1StatusCause> Validate(WriteRequest request, JsonObject? live, JsonObject entity)
    {
        // Written through its subresource, the status is the body that the words speak of; the field's path stays whole.
        if (StatusSchema(request, entity) is { } status)
        {
            return [.. SchemaValidator.Validate(entity["status"], status, "status")
                .Select(f => f with { Message = f.Message?.Replace(": status.", ": ", StringComparison.Ordinal) })];
        }
        var faults = SchemaValidator.Validate(entity, request.Kind.Schema!);
        if (faults.Count == 0 && validators.TryGetValue(request.Kind.Kind, out var validate))
            faults.AddRange(validate(live, entity).Select(e => Fault.Invalid(e.Field, "object", e.Message)));
        return faults;
    }

    /// <summary>
    /// The schema of what a request writes to the status alone; null when it writes the object. What is as it was is not judged again, as
    /// Kubernetes has it (KEP-4008, ratcheting).
    /// </summary>
    private static JsonObject? StatusSchema(WriteRequest request, JsonObject entity) =>
        request.IsStatus && entity["status"] is JsonObject ? request.Kind.Schema.At("properties", "status") as JsonObject : null;
}
