using System.Buffers;
using Hearth.Compute.Accelerators;

namespace Hearth.Compute.Cpu;

/// <summary>A tile of a matrix product, by the method of Goto and van de Geijn (ACM TOMS 34:3, 2008).</summary>
/// <remarks>
/// For every slice of the depth, the slices of A and B are packed into panels that the microkernel reads from end to end: B's panel
/// (<see cref="GemmMicrokernel.Columns"/> wide) stays in the first-level cache, A's panels in the second. Transposition is a
/// matter of packing only.
/// Every element is summed in the order of the depth, slice by slice, whatever the tile.
/// </remarks>
internal static unsafe class GemmTile
{
    /// <summary>Elements below which a tile's packing costs more than a core's idling.</summary>
    public const int LeastElements = 2048;

    private const int Depth = 256;

    // With the depth, 240 KiB of A and 512 KiB of B.
    private const int MaxRows = 40 * GemmMicrokernel.Rows;
    private const int MaxColumns = 32 * GemmMicrokernel.Columns;

    /// <summary>Rows of a tile for results of so many rows: whole panels.</summary>
    public static int FitRows(long rows) => RoundUp((int)Math.Min(rows, MaxRows), GemmMicrokernel.Rows);

    /// <summary>Columns of a tile for results of so many columns: whole panels.</summary>
    public static int FitColumns(long columns) => RoundUp((int)Math.Min(columns, MaxColumns), GemmMicrokernel.Columns);

    public static void Compute(
        GemmShape shape, float alpha, float* a, float* b, float beta, float* c, long row, int rows, long column, int columns)
    {
        var target = c + (row * shape.Columns) + column;
        if (shape.Depth == 0)
            Scale(beta, target, shape.Columns, rows, columns);
        var (strideRowA, strideDepthA) = shape.TransposeA ? (1L, shape.Rows) : (shape.Depth, 1L);
        var (strideDepthB, strideColumnB) = shape.TransposeB ? (1L, shape.Depth) : (shape.Columns, 1L);
        using var packedA = new Scratch(RoundUp(rows, GemmMicrokernel.Rows) * (int)Math.Min(Depth, shape.Depth));
        using var packedB = new Scratch(RoundUp(columns, GemmMicrokernel.Columns) * (int)Math.Min(Depth, shape.Depth));
        for (long start = 0; start < shape.Depth; start += Depth)
        {
            var depth = (int)Math.Min(Depth, shape.Depth - start);
            var sliceA = a + (row * strideRowA) + (start * strideDepthA);
            var sliceB = b + (column * strideColumnB) + (start * strideDepthB);
            Pack(sliceA, strideRowA, strideDepthA, rows, depth, GemmMicrokernel.Rows, packedA.Pointer);
            Pack(sliceB, strideColumnB, strideDepthB, columns, depth, GemmMicrokernel.Columns, packedB.Pointer);
            // What was there counts once.
            Multiply(depth, alpha, packedA.Pointer, packedB.Pointer, start == 0 ? beta : 1, target, shape.Columns, rows, columns);
        }
    }

    private static void Multiply(int depth, float alpha, float* a, float* b, float beta, float* c, long strideC, int rows, int columns)
    {
        var edge = stackalloc float[GemmMicrokernel.Rows * GemmMicrokernel.Columns];
        for (var j = 0; j < columns; j += GemmMicrokernel.Columns)
        {
            for (var i = 0; i < rows; i += GemmMicrokernel.Rows)
            {
                var panelA = a + ((long)i * depth);
                var panelB = b + ((long)j * depth);
                var target = c + (i * strideC) + j;
                if (i + GemmMicrokernel.Rows <= rows && j + GemmMicrokernel.Columns <= columns)
                {
                    GemmMicrokernel.Multiply(depth, alpha, panelA, panelB, beta, target, strideC);
                    continue;
                }
                GemmMicrokernel.Multiply(depth, alpha, panelA, panelB, 0, edge, GemmMicrokernel.Columns);
                Merge(edge, beta, target, strideC, Math.Min(GemmMicrokernel.Rows, rows - i), Math.Min(GemmMicrokernel.Columns, columns - j));
            }
        }
    }

    /// <summary>Lays out lines (rows of A, columns of B) in panels of <paramref name="width"/> lines, the last one filled up with zeros.</summary>
    private static void Pack(float* source, long strideLine, long strideDepth, int lines, int depth, int width, float* target)
    {
        for (var line = 0; line < lines; line += width)
        {
            var count = Math.Min(width, lines - line);
            var from = source + (line * strideLine);
            if (strideLine == 1)
                PackTogether(from, strideDepth, count, depth, width, target);
            else
                PackApart(from, strideLine, strideDepth, count, depth, width, target);
            target += (long)width * depth;
        }
    }

    private static void PackTogether(float* source, long strideDepth, int count, int depth, int width, float* target)
    {
        for (var k = 0; k < depth; k++)
        {
            var to = new Span<float>(target + (k * width), width);
            new ReadOnlySpan<float>(source + (k * strideDepth), count).CopyTo(to);
            to[count..].Clear();
        }
    }

    private static void PackApart(float* source, long strideLine, long strideDepth, int count, int depth, int width, float* target)
    {
        if (count < width)
            new Span<float>(target, width * depth).Clear();
        for (var line = 0; line < count; line++)
        {
            var from = source + (line * strideLine);
            for (var k = 0; k < depth; k++)
                target[(k * width) + line] = from[k * strideDepth];
        }
    }

    private static void Merge(float* product, float beta, float* c, long strideC, int rows, int columns)
    {
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                var element = product[(i * GemmMicrokernel.Columns) + j];
                c[(i * strideC) + j] = beta == 0 ? element : MathF.FusedMultiplyAdd(beta, c[(i * strideC) + j], element);
            }
        }
    }

    private static void Scale(float beta, float* c, long strideC, int rows, int columns)
    {
        for (var i = 0; i < rows; i++)
        {
            foreach (ref var element in new Span<float>(c + (i * strideC), columns))
                element = beta == 0 ? 0 : beta * element;
        }
    }

    private static int RoundUp(int value, int multiple) => (value + multiple - 1) / multiple * multiple;

    /// <summary>Pooled floats that begin on a cache line.</summary>
    private readonly ref struct Scratch : IDisposable
    {
        private const int Line = 64;

        private readonly float[] _array;
        private readonly MemoryHandle _pin;

        public Scratch(int length)
        {
            _array = ArrayPool<float>.Shared.Rent(length + (Line / sizeof(float)));
            _pin = _array.AsMemory().Pin();
            Pointer = (float*)(((nuint)_pin.Pointer + Line - 1) & ~(nuint)(Line - 1));
        }

        public float* Pointer { get; }

        public void Dispose()
        {
            _pin.Dispose();
            ArrayPool<float>.Shared.Return(_array);
        }
    }
}
