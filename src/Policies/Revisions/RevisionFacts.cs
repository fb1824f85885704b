namespace Hearth.Policies.Revisions;

/// <summary>What routing asks about one revision.</summary>
/// <param name="HasWorkers">Whether it has a worker that serves or is on its way to.</param>
/// <param name="HasFailed">Whether it does not load, as far as is known.</param>
public readonly record struct RevisionFacts(bool HasWorkers, bool HasFailed);
