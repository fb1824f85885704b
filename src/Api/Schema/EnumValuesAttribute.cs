namespace Hearth.Api.Schema;

/// <summary>The strings a property may hold. Properties of an enum type need none.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class EnumValuesAttribute(params string[] values) : Attribute
{
    public IReadOnlyList<string> Values { get; } = values;
}
