namespace Hearth.Api.Meta;

/// <summary>Which object a <see cref="V1Status"/> speaks of, and every fault found in it.</summary>
public sealed record V1StatusDetails : Extensible
{
    public string? Name { get; set; }
    public string? Group { get; set; }
    public string? Kind { get; set; }
    public string? Uid { get; set; }
    public IReadOnlyList<V1StatusCause>? Causes { get; set; }
    public int? RetryAfterSeconds { get; set; }
}
