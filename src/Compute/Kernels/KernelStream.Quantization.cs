using Hearth.Compute.Accelerators;

namespace Hearth.Compute.Kernels;

/// <content>8-bit integers for floats.</content>
internal abstract partial class KernelStream
{
    private static readonly KernelProgram QuantizationProgram = new("quantization");

    private protected override void QuantizeCore(float inverseScale, ulong? seed, ArrayView<float> x, ArrayView<sbyte> result) =>
        LaunchElements(
            QuantizationProgram, "quantize", x.Length, inverseScale, seed.HasValue, (long)seed.GetValueOrDefault(), x, result, x.Length);

    private protected override void DequantizeCore(float scale, ArrayView<sbyte> x, ArrayView<float> result) =>
        LaunchElements(QuantizationProgram, "dequantize", x.Length, scale, x, result, x.Length);
}
