namespace Hearth.Compute.Safetensors;

/// <summary>What is wrong with a safetensors header.</summary>
public enum SafetensorsFaultKind
{
    /// <summary>The content ends before the header length or the header does.</summary>
    Truncated,

    /// <summary>The header is longer than the limit.</summary>
    HeaderTooLong,

    /// <summary>The header is not one JSON object of the expected form.</summary>
    InvalidJson,

    /// <summary>A tensor, a field of a tensor or a metadata key occurs twice.</summary>
    DuplicateName,

    /// <summary><c>__metadata__</c> is not an object of strings.</summary>
    InvalidMetadata,

    /// <summary>A tensor lacks <c>dtype</c>, <c>shape</c> or <c>data_offsets</c>.</summary>
    MissingField,

    /// <summary>The <c>dtype</c> is none that is known here.</summary>
    UnknownType,

    /// <summary>The <c>shape</c> holds something else than whole numbers from 0, or its product does not fit in 64 bits.</summary>
    InvalidShape,

    /// <summary>The <c>data_offsets</c> are not two whole numbers in order.</summary>
    InvalidOffsets,

    /// <summary>The offsets span another number of bytes than type and shape need.</summary>
    SizeMismatch,

    /// <summary>The tensor ends behind the data.</summary>
    BeyondData,

    /// <summary>The tensor shares bytes with the one before it.</summary>
    Overlap,

    /// <summary>No tensor owns some bytes before this one.</summary>
    Gap,

    /// <summary>No tensor owns the bytes at the end.</summary>
    TrailingBytes,
}
