namespace Hearth.Api.Schema;

/// <summary>The schema accepts any fields below this property; Hearth passes them on as they are.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PreserveUnknownFieldsAttribute : Attribute;
