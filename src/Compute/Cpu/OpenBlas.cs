using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Hearth.Compute.Cpu;

/// <summary>OpenBLAS, where the system has it (Debian: <c>libopenblas0-pthread</c>). Used by one thread a call: the caller shares the work out.</summary>
internal sealed unsafe partial class OpenBlas
{
    private const int RowMajor = 101;
    private const int NoTranspose = 111;
    private const int Transpose = 112;

    private static readonly Lazy<OpenBlas?> Loaded = new(Load);

    private readonly delegate* unmanaged<int, int, int, int, int, int, float, float*, int, float*, int, float, float*, int, void> _sgemm;

    private OpenBlas(nint library)
    {
        _sgemm = (delegate* unmanaged<int, int, int, int, int, int, float, float*, int, float*, int, float, float*, int, void>)
            NativeLibrary.GetExport(library, "cblas_sgemm");
        // Its own threads would make sums depend on their number.
        var setThreads = (delegate* unmanaged<int, void>)NativeLibrary.GetExport(library, "openblas_set_num_threads");
        setThreads(1);
    }

    /// <summary>The library, loaded when first asked for; null where the system has none.</summary>
    public static OpenBlas? Instance => Loaded.Value;

    /// <summary>c = alpha · a · b + beta · c for row-major matrices with the given row strides.</summary>
    public void Gemm(
        bool transposeA, bool transposeB, int rows, int columns, int depth,
        float alpha, float* a, int strideA, float* b, int strideB, float beta, float* c, int strideC) =>
        _sgemm(
            RowMajor, transposeA ? Transpose : NoTranspose, transposeB ? Transpose : NoTranspose,
            rows, columns, depth, alpha, a, strideA, b, strideB, beta, c, strideC);

    private static OpenBlas? Load()
    {
        ChooseKernels();
        return NativeLibrary.TryLoad("libopenblas.so.0", out var library)
            && NativeLibrary.TryGetExport(library, "cblas_sgemm", out _)
            && NativeLibrary.TryGetExport(library, "openblas_set_num_threads", out _)
                ? new OpenBlas(library)
                : null;
    }

    /// <summary>Names the kernels to use. Debian's build takes processors younger than it for one of 2004: an eighth of the speed.</summary>
    private static void ChooseKernels()
    {
        var kernels = Avx512BW.VL.IsSupported && Avx512DQ.IsSupported ? "SkylakeX" : Avx2.IsSupported && Fma.IsSupported ? "Haswell" : null;
        if (kernels is not null)
            _ = SetEnvironment("OPENBLAS_CORETYPE", kernels, overwrite: 0);
    }

    // The library reads the process's environment, of which .NET changes a copy only.
    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
