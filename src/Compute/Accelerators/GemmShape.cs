namespace Hearth.Compute.Accelerators;

/// <summary>Sizes of a matrix product C[Rows, Columns] = A[Rows, Depth] · B[Depth, Columns], all row-major and without gaps.</summary>
/// <param name="Rows">Rows of C.</param>
/// <param name="Columns">Columns of C.</param>
/// <param name="Depth">Terms of each sum.</param>
/// <param name="TransposeA">Whether A lies in memory as [Depth, Rows].</param>
/// <param name="TransposeB">Whether B lies in memory as [Columns, Depth].</param>
public readonly record struct GemmShape(long Rows, long Columns, long Depth, bool TransposeA = false, bool TransposeB = false);
