using Hearth.Api.Schema;

namespace Hearth.Api.InferenceFunctions;

/// <summary>A share of a function's requests, and the revision that it goes to.</summary>
[ValidationRule("has(self.revision) != self.latest", Message = RevisionOrLatest)]
public sealed record TrafficTarget
{
    internal const string RevisionOrLatest = "exactly one of revision and latest: true must be given";

    /// <summary>Name of a revision, as in <c>status.traffic</c> and <c>kubectl get controllerrevisions</c>. It takes its share at once, cold if it must.</summary>
    [Length(1, 253)]
    public string? Revision { get; set; }

    /// <summary>Instead of a name: the revision of the present spec, as soon as it is warm; until then the last one that was ready.</summary>
    public bool Latest { get; set; }

    /// <summary>Requests of a hundred. 0 keeps the revision ready, while the function has workers, for requests that name it in Hearth-Revision.</summary>
    [Range(0, 100)]
    public int Percent { get; set; } = 100;
}
