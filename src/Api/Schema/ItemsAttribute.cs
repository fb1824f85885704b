namespace Hearth.Api.Schema;

/// <summary>Largest number of entries of a list or map.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ItemsAttribute(int maximum) : Attribute
{
    public int Maximum { get; } = maximum;
}
