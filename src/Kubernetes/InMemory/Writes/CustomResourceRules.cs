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
        SchemaDefaults.Apply(entity, request.Kind.Schema!);
    }

    /// <summary>Removes the fields that the kind does not have.</summary>
    /// <exception cref="StatusException">400: there are some and the request asks for strictness.</exception>
    public static void Prune(WriteRequest request, JsonObject entity)
    {
        var kind = request.Kind;
        var unknown = SchemaPruner.Prune(entity, kind.Schema!).Select(f => $"unknown field \"{f}\"").ToList();
        if (unknown.Count > 0 && request.FieldValidation == FieldValidation.Strict)
            throw Refusal.Undecodable(kind, kind.Kind, $"strict decoding error: {string.Join(", ", unknown)}");
        if (request.FieldValidation == FieldValidation.Warn)
            request.Warnings.AddRange(unknown);
    }

    /// <summary>Every fault of <paramref name="entity"/>. Like CEL rules, the kind's validator speaks only when the schema is satisfied.</summary>
    public List<V1StatusCause> Validate(WriteRequest request, JsonObject? live, JsonObject entity)
    {
        var faults = SchemaValidator.Validate(entity, request.Kind.Schema!);
        // Written through its subresource, the status is the body that the words speak of; the field's path stays whole.
        if (request.IsStatus)
            faults = [.. faults.Select(f => f with { Message = f.Message?.Replace(": status.", ": ", StringComparison.Ordinal) })];
        if (faults.Count == 0 && validators.TryGetValue(request.Kind.Kind, out var validate))
            faults.AddRange(validate(live, entity).Select(e => Fault.Invalid(e.Field, "object", e.Message)));
        return faults;
    }
}
