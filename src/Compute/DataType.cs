namespace Hearth.Compute;

/// <summary>Type of a tensor's elements. Little-endian wherever elements lie in memory or travel.</summary>
public enum DataType
{
    /// <summary>One byte, 0 or 1.</summary>
    Bool,

    /// <summary>Unsigned 8-bit integer.</summary>
    U8,

    /// <summary>Unsigned 16-bit integer.</summary>
    U16,

    /// <summary>Unsigned 32-bit integer.</summary>
    U32,

    /// <summary>Unsigned 64-bit integer.</summary>
    U64,

    /// <summary>Signed 8-bit integer.</summary>
    I8,

    /// <summary>Signed 16-bit integer.</summary>
    I16,

    /// <summary>Signed 32-bit integer.</summary>
    I32,

    /// <summary>Signed 64-bit integer.</summary>
    I64,

    /// <summary>IEEE 754 binary16.</summary>
    F16,

    /// <summary>The upper half of an IEEE 754 binary32.</summary>
    BF16,

    /// <summary>8-bit float with 4 exponent and 3 mantissa bits, no infinities (OCP OFP8).</summary>
    F8E4M3,

    /// <summary>8-bit float with 5 exponent and 2 mantissa bits (OCP OFP8).</summary>
    F8E5M2,

    /// <summary>IEEE 754 binary32.</summary>
    F32,

    /// <summary>IEEE 754 binary64.</summary>
    F64,

    /// <summary>A string of bytes: a 32-bit length and that many bytes, the encoding of the Open Inference Protocol.</summary>
    Bytes,
}
