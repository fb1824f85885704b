using System.Runtime.InteropServices;
using Hearth.Compute.Accelerators;

namespace Hearth.Benchmarks.Gemm;

/// <summary>OpenBLAS as its users call it: one product at a time, shared among all cores by its own threads.</summary>
internal sealed unsafe class OpenBlasPeer : IGemmPeer
{
    private const int RowMajor = 101;
    private const int NoTranspose = 111;
    private const int Transpose = 112;

    private readonly delegate* unmanaged<int, int, int, int, int, int, float, float*, int, float*, int, float, float*, int, void> _sgemm;
    private readonly delegate* unmanaged<int, void> _setThreads;

    private OpenBlasPeer(nint library)
    {
        _sgemm = (delegate* unmanaged<int, int, int, int, int, int, float, float*, int, float*, int, float, float*, int, void>)
            NativeLibrary.GetExport(library, "cblas_sgemm");
        _setThreads = (delegate* unmanaged<int, void>)NativeLibrary.GetExport(library, "openblas_set_num_threads");
    }

    public string Name => "OpenBlas";

    /// <summary>Opens the library, which has chosen its kernels when Hearth loaded it.</summary>
    public static OpenBlasPeer Load() => NativeLibrary.TryLoad("libopenblas.so.0", out var library)
        ? new OpenBlasPeer(library)
        : throw new InvalidOperationException("OpenBLAS is absent; `make bench-setup` installs it.");

    public void Multiply(GemmShape shape, ArrayView<float> a, ArrayView<float> b, ArrayView<float> c)
    {
        // Hearth shares products out itself and calls the library on one thread.
        _setThreads(Environment.ProcessorCount);
        _sgemm(
            RowMajor, shape.TransposeA ? Transpose : NoTranspose, shape.TransposeB ? Transpose : NoTranspose,
            (int)shape.Rows, (int)shape.Columns, (int)shape.Depth,
            1, Pointer(a), (int)(shape.TransposeA ? shape.Rows : shape.Depth),
            Pointer(b), (int)(shape.TransposeB ? shape.Depth : shape.Columns), 0, Pointer(c), (int)shape.Columns);
        _setThreads(1);
    }

    private static float* Pointer(ArrayView<float> view) => (float*)(view.Buffer!.NativePtr + (nint)view.OffsetInBytes);
}
