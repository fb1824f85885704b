using System.Runtime.Intrinsics;

namespace Hearth.Compute.Cpu;

/// <summary>The innermost loop of a matrix product: a small tile of the result in registers.</summary>
internal static unsafe class GemmMicrokernel
{
    /// <summary>Rows of the tile.</summary>
    public const int Rows = 6;

    /// <summary>Columns of the tile: two vectors. With 6 rows, 12 sums, 2 vectors of B and an element of A fill 15 of 16 registers.</summary>
    public const int Columns = 16;

    /// <summary>c = alpha · a · b + beta · c, where a is packed as [depth, Rows] and b as [depth, Columns]; c is not read where beta is 0.</summary>
    public static void Multiply(int depth, float alpha, float* a, float* b, float beta, float* c, long strideC)
    {
        var (c00, c01) = (Vector256<float>.Zero, Vector256<float>.Zero);
        var (c10, c11) = (Vector256<float>.Zero, Vector256<float>.Zero);
        var (c20, c21) = (Vector256<float>.Zero, Vector256<float>.Zero);
        var (c30, c31) = (Vector256<float>.Zero, Vector256<float>.Zero);
        var (c40, c41) = (Vector256<float>.Zero, Vector256<float>.Zero);
        var (c50, c51) = (Vector256<float>.Zero, Vector256<float>.Zero);
        for (var k = 0; k < depth; k++)
        {
            var (b0, b1) = (Vector256.Load(b), Vector256.Load(b + Vector256<float>.Count));
            var a0 = Vector256.Create(a[0]);
            c00 = Vector256.FusedMultiplyAdd(a0, b0, c00);
            c01 = Vector256.FusedMultiplyAdd(a0, b1, c01);
            var a1 = Vector256.Create(a[1]);
            c10 = Vector256.FusedMultiplyAdd(a1, b0, c10);
            c11 = Vector256.FusedMultiplyAdd(a1, b1, c11);
            var a2 = Vector256.Create(a[2]);
            c20 = Vector256.FusedMultiplyAdd(a2, b0, c20);
            c21 = Vector256.FusedMultiplyAdd(a2, b1, c21);
            var a3 = Vector256.Create(a[3]);
            c30 = Vector256.FusedMultiplyAdd(a3, b0, c30);
            c31 = Vector256.FusedMultiplyAdd(a3, b1, c31);
            var a4 = Vector256.Create(a[4]);
            c40 = Vector256.FusedMultiplyAdd(a4, b0, c40);
            c41 = Vector256.FusedMultiplyAdd(a4, b1, c41);
            var a5 = Vector256.Create(a[5]);
            c50 = Vector256.FusedMultiplyAdd(a5, b0, c50);
            c51 = Vector256.FusedMultiplyAdd(a5, b1, c51);
            a += Rows;
            b += Columns;
        }
        Store(alpha, c00, c01, beta, c);
        Store(alpha, c10, c11, beta, c + strideC);
        Store(alpha, c20, c21, beta, c + (2 * strideC));
        Store(alpha, c30, c31, beta, c + (3 * strideC));
        Store(alpha, c40, c41, beta, c + (4 * strideC));
        Store(alpha, c50, c51, beta, c + (5 * strideC));
    }

    private static void Store(float alpha, Vector256<float> sum0, Vector256<float> sum1, float beta, float* c)
    {
        var (c0, c1) = (sum0 * alpha, sum1 * alpha);
        if (beta != 0)
        {
            c0 = Vector256.FusedMultiplyAdd(Vector256.Create(beta), Vector256.Load(c), c0);
            c1 = Vector256.FusedMultiplyAdd(Vector256.Create(beta), Vector256.Load(c + Vector256<float>.Count), c1);
        }
        c0.Store(c);
        c1.Store(c + Vector256<float>.Count);
    }
}
