using Hearth.Kubernetes.InMemory.Kinds;
using Microsoft.AspNetCore.Http;

namespace Hearth.Kubernetes.InMemory.Http;

/// <summary>A request to a resource, its path taken apart.</summary>
internal sealed record ApiCall(HttpContext Http, ResourceKind Kind, string? Namespace, string? Name, string? Subresource)
{
    /// <summary>A query parameter, null when it is absent or empty.</summary>
    public string? Query(string name) => Http.Request.Query[name] is [{ Length: > 0 } value, ..] ? value : null;

    /// <summary>Whether a query parameter says true, as Go reads it.</summary>
    public bool Flag(string name) => Query(name) is "true" or "1" or "True" or "TRUE" or "t" or "T";

    /// <summary>A query parameter as a number.</summary>
    /// <exception cref="StatusException">400: it is none.</exception>
    public long? Number(string name) => Query(name) switch
    {
        null => null,
        { } text when long.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var number) => number,
        { } text => throw Refusal.BadRequest($"the query parameter {name} must be a number, not \"{text}\""),
    };

    /// <summary>Whether the caller wants a Table rather than the objects.</summary>
    public bool WantsTable => Accepts("as=Table");

    /// <summary>Whether the caller wants the metadata alone.</summary>
    public bool WantsMetadata => Accepts("as=PartialObjectMetadata");

    // The first form that is asked for counts; kubectl names plain JSON last.
    private bool Accepts(string form) => Http.Request.Headers.Accept.ToString().Split(',')[0].Contains(form, StringComparison.Ordinal);
}
