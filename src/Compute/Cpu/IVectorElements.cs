using System.Runtime.Intrinsics;

namespace Hearth.Compute.Cpu;

/// <summary>Loads elements of a type as floats.</summary>
internal unsafe interface IVectorElements
{
    /// <summary>Bytes of an element.</summary>
    static abstract int Size { get; }

    /// <summary>Eight elements, which need not be aligned, as 32-bit floats.</summary>
    static abstract Vector256<float> Load(byte* elements);

    /// <summary>Sixteen elements, which need not be aligned, as 32-bit floats.</summary>
    static abstract Vector512<float> Load16(byte* elements);

    /// <summary>Eight elements as 64-bit floats.</summary>
    static abstract (Vector256<double> Lower, Vector256<double> Upper) LoadWide(byte* elements);
}
