using Hearth.Compute.Accelerators;

namespace Hearth.Benchmarks.Gemm;

/// <summary>A library of matrix products, called without Hearth between.</summary>
internal interface IGemmPeer
{
    /// <summary>Its name in the figures.</summary>
    string Name { get; }

    /// <summary>Queues or does c = a · b on an accelerator's memory.</summary>
    void Multiply(GemmShape shape, ArrayView<float> a, ArrayView<float> b, ArrayView<float> c);
}
