namespace Hearth.Api.Meta;

/// <summary>The object that another belongs to: when the owner goes, the dependant goes.</summary>
public sealed record V1OwnerReference : Extensible
{
    public string ApiVersion { get; set; } = "";
    public string Kind { get; set; } = "";
    public string Name { get; set; } = "";
    public string Uid { get; set; } = "";
    public bool? Controller { get; set; }
    public bool? BlockOwnerDeletion { get; set; }
}
