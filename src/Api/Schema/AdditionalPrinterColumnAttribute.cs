namespace Hearth.Api.Schema;

/// <summary>A column of <c>kubectl get</c>, in the order of declaration.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class AdditionalPrinterColumnAttribute(string name, string jsonPath, string type = "string") : Attribute
{
    public string Name { get; } = name;

    /// <summary>Path from the object's root, for example <c>.status.idle</c>.</summary>
    public string JsonPath { get; } = jsonPath;

    /// <summary>OpenAPI type: <c>string</c>, <c>integer</c>, <c>boolean</c> or <c>date</c>.</summary>
    public string Type { get; } = type;

    /// <summary>0 shows always, 1 and above with <c>-o wide</c>.</summary>
    public int Priority { get; init; }
}
