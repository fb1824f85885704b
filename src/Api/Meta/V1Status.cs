namespace Hearth.Api.Meta;

/// <summary>What the API server answers when it does not answer with the object: mostly a failure and why.</summary>
public sealed record V1Status : Extensible
{
    public string ApiVersion { get; set; } = "v1";
    public string Kind { get; set; } = "Status";
    public V1ListMeta? Metadata { get; set; }

    /// <summary><c>Success</c> or <c>Failure</c>.</summary>
    public string? Status { get; set; }

    public string? Message { get; set; }

    /// <summary>Machine-readable cause, for example <c>NotFound</c>, <c>Conflict</c>, <c>Invalid</c>.</summary>
    public string? Reason { get; set; }

    public V1StatusDetails? Details { get; set; }

    /// <summary>HTTP status code.</summary>
    public int? Code { get; set; }
}
