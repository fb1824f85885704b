namespace Hearth.Policies.Revisions;

/// <summary>A share of a function's requests.</summary>
/// <param name="Asked">Hash of the revision that is to have it; null when there is none of that name.</param>
/// <param name="Served">Hash of the revision that has it.</param>
/// <param name="IsLatest">Whether it was given to the latest revision, not to one by name.</param>
/// <param name="Percent">Requests of a hundred.</param>
public readonly record struct TrafficRoute(string? Asked, string Served, bool IsLatest, int Percent);
