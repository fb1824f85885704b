namespace Hearth.Api.Schema;

/// <summary>The property must be given whenever its parent is.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RequiredAttribute : Attribute;
