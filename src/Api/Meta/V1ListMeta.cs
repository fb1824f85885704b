namespace Hearth.Api.Meta;

/// <summary>Metadata of a list: the version to watch from, and where to go on when the list was cut.</summary>
public sealed record V1ListMeta : Extensible
{
    public string? ResourceVersion { get; set; }
    public string? Continue { get; set; }
    public long? RemainingItemCount { get; set; }
}
