namespace Hearth.Api.Schema;

/// <summary>A CEL rule of the generated schema, on the type or property it is about (<c>x-kubernetes-validations</c>).</summary>
/// <param name="rule">CEL expression over <c>self</c>, and <c>oldSelf</c> for transitions.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Property, AllowMultiple = true)]
public sealed class ValidationRuleAttribute(string rule) : Attribute
{
    public string Rule { get; } = rule;

    /// <summary>What the user reads when the rule does not hold. The kind's C# validator uses the same words.</summary>
    public required string Message { get; init; }

    /// <summary>Field the error points at, relative to where the rule stands, for example <c>.max</c>.</summary>
    public string? FieldPath { get; init; }
}
