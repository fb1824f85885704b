using Hearth.Api.Apps;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Meta;
using Hearth.Policies.Revisions;

namespace Hearth.Operator.InferenceFunctions;

/// <summary>What a function's stored revisions need done. Pure.</summary>
/// <param name="Create">The latest revision, when it is not stored yet.</param>
/// <param name="Renumber">The latest revision under its new number, when an old one became the latest again.</param>
/// <param name="Delete">Revisions beyond the limit.</param>
internal sealed record RevisionHistory(V1ControllerRevision? Create, V1ControllerRevision? Renumber, IReadOnlyList<V1ControllerRevision> Delete)
{
    /// <summary>Decides.</summary>
    /// <param name="function">The function.</param>
    /// <param name="latest">Hash of its latest revision.</param>
    /// <param name="stored">All that are stored.</param>
    /// <param name="used">Hashes that stay whatever the limit: those with traffic, with workers, and the last ready one.</param>
    public static RevisionHistory Plan(InferenceFunction function, string latest, IReadOnlyList<V1ControllerRevision> stored, IReadOnlySet<string> used)
    {
        var name = StoredRevision.NameOf(function.Name(), latest);
        var known = stored.FirstOrDefault(revision => revision.Name() == name);
        var next = stored.Where(revision => revision.Name() != name).Select(revision => revision.Revision).DefaultIfEmpty().Max() + 1;
        var kept = used.Select(hash => StoredRevision.NameOf(function.Name(), hash)).Append(name).ToHashSet();
        return new(
            known is null ? StoredRevision.Make(function, latest, next) : null,
            known is not null && known.Revision < next ? known with { Revision = next } : null,
            [.. stored.Where(revision => !kept.Contains(revision.Name())).OrderByDescending(revision => revision.Revision).Skip(function.Spec.RevisionHistoryLimit)]);
    }
}
