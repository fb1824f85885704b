using Hearth.Api.InferenceFunctions;
using Hearth.Api.Workers;

namespace Hearth.Worker.Models;

/// <summary>What makes two assignments' models the same: who may have them, what they are, and their bytes.</summary>
/// <param name="Namespace">Namespace of the owner: nothing that was loaded for one is served to another.</param>
/// <param name="Format">What the artifact is.</param>
/// <param name="Sha256">Its declared digest, in lower case.</param>
internal readonly record struct ModelKey(string Namespace, ModelFormat Format, string Sha256)
{
    /// <summary>The key of an assignment's model; null where no digest is declared, since what the URI holds next time may be another model.</summary>
    public static ModelKey? Of(Assignment assignment) => assignment.Model is { Sha256: { Length: > 0 } digest } model
        ? new ModelKey(assignment.Namespace, model.Format, digest.ToLowerInvariant())
        : null;
}
