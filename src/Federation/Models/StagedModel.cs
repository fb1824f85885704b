namespace Hearth.Federation.Models;

/// <summary>A model whose bytes are on the disk under temporary names.</summary>
/// <param name="Folder">Where it goes.</param>
/// <param name="Digest">SHA-256 of its weights in lower-case hexadecimal digits.</param>
/// <param name="Weights">The weights' temporary file.</param>
/// <param name="Description">The temporary file of its <c>model.json</c>.</param>
internal sealed record StagedModel(string Folder, string Digest, string Weights, string Description);
