namespace Hearth.Compute.Accelerators;

/// <summary>An update to fold, with its weight.</summary>
/// <param name="Elements">The elements' bytes.</param>
/// <param name="Type">Their type: F64, F32, F16, BF16 or I8.</param>
/// <param name="Weight">What each element is multiplied with. For quantised elements the scale belongs into it.</param>
public readonly record struct FoldInput(ArrayView<byte> Elements, DataType Type, double Weight);
