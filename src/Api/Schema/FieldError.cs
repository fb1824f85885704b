namespace Hearth.Api.Schema;

/// <summary>One fault of an object.</summary>
/// <param name="Field">Path from the object's root, for example <c>spec.scale.max</c>.</param>
/// <param name="Message">What was expected, and what to do.</param>
public readonly record struct FieldError(string Field, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Field}: {Message}";
}
