using Hearth.Compute.Accelerators;

namespace Hearth.Compute.Devices;

/// <summary>An accelerator of this machine, or why there is none of a type.</summary>
/// <param name="Type">What drives it.</param>
/// <param name="Name">Its name; null where there is none of the type.</param>
/// <param name="MemoryBytes">Its memory; 0 where there is none.</param>
/// <param name="Capabilities">What it can, in short.</param>
/// <param name="Missing">Why it cannot be used, and what to do; null where it can.</param>
public sealed record AcceleratorDescription(AcceleratorType Type, string? Name, long MemoryBytes, IReadOnlyList<string> Capabilities, string? Missing);
