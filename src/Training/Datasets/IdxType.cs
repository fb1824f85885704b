namespace Hearth.Training.Datasets;

/// <summary>Element types of the IDX format, by their number in it.</summary>
internal enum IdxType
{
    /// <summary>Unsigned byte.</summary>
    U8 = 0x08,

    /// <summary>Signed byte.</summary>
    I8 = 0x09,

    /// <summary>16-bit integer.</summary>
    I16 = 0x0B,

    /// <summary>32-bit integer.</summary>
    I32 = 0x0C,

    /// <summary>32-bit float.</summary>
    F32 = 0x0D,

    /// <summary>64-bit float.</summary>
    F64 = 0x0E,
}
