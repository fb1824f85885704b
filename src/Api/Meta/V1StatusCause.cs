namespace Hearth.Api.Meta;

/// <summary>One fault of a refused object: the field's path, a reason for programs, a sentence for people.</summary>
public sealed record V1StatusCause : Extensible
{
    public string? Reason { get; set; }
    public string? Message { get; set; }
    public string? Field { get; set; }
}
