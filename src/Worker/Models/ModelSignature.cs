using System.Collections.Immutable;

namespace Hearth.Worker.Models;

/// <summary>What a model takes and answers.</summary>
/// <param name="Inputs">What a run takes, in order.</param>
/// <param name="Outputs">What a run can answer.</param>
internal sealed record ModelSignature(ImmutableArray<TensorMetadata> Inputs, ImmutableArray<TensorMetadata> Outputs);
