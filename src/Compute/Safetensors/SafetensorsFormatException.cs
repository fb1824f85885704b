using System.Collections.Immutable;

namespace Hearth.Compute.Safetensors;

/// <summary>Bytes that are no valid safetensors content.</summary>
/// <param name="faults">Everything that is wrong, at least one.</param>
public sealed class SafetensorsFormatException(ImmutableArray<SafetensorsFault> faults)
    : FormatException($"The safetensors header is invalid: {string.Join("; ", faults.Select(f => f.Message))}.")
{
    /// <summary>Everything that is wrong, in the order found; after 32 of them reading ended.</summary>
    public ImmutableArray<SafetensorsFault> Faults { get; } = faults;
}
