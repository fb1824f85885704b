namespace Hearth.Compute.Safetensors;

/// <summary>One thing that is wrong with a safetensors header.</summary>
/// <param name="Kind">What is wrong.</param>
/// <param name="Tensor">Name of the tensor concerned; null where the whole header is.</param>
/// <param name="Message">What was found and what was expected.</param>
public sealed record SafetensorsFault(SafetensorsFaultKind Kind, string? Tensor, string Message);
