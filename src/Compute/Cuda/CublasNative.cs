using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Hearth.Compute.Cuda;

/// <summary>NVIDIA's library of matrix products (cublas_v2.h), where the machine has it.</summary>
internal sealed unsafe class CublasNative
{
    /// <summary>Environment variable that names the library's file.</summary>
    public const string PathVariable = "HEARTH_CUBLAS";

    /// <summary>cudaDataType_t of 32-bit floats.</summary>
    public const int Real32F = 0;

    /// <summary>cudaDataType_t of 16-bit floats.</summary>
    public const int Real16F = 2;

    /// <summary>cudaDataType_t of bfloat16.</summary>
    public const int Real16BF = 14;

    /// <summary>cublasComputeType_t: sums in 32-bit floats.</summary>
    public const int Compute32F = 68;

    /// <summary>cublasGemmAlgo_t: the library chooses.</summary>
    public const int DefaultAlgorithm = -1;

    /// <summary>CUBLAS_STATUS_NOT_SUPPORTED.</summary>
    public const int NotSupported = 15;

    private static readonly Lazy<CublasNative?> Loaded = new(Load);

    private CublasNative(nint library)
    {
        nint Export(string name) => NativeLibrary.GetExport(library, name);
        GetStatusName = (delegate* unmanaged<int, byte*>)Export("cublasGetStatusName");
        Create = (delegate* unmanaged<nint*, int>)Export("cublasCreate_v2");
        Destroy = (delegate* unmanaged<nint, int>)Export("cublasDestroy_v2");
        GetVersion = (delegate* unmanaged<nint, int*, int>)Export("cublasGetVersion_v2");
        SetStream = (delegate* unmanaged<nint, nint, int>)Export("cublasSetStream_v2");
        Sgemm = (delegate* unmanaged<nint, int, int, int, int, int, float*, ulong, int, ulong, int, float*, ulong, int, int>)Export("cublasSgemm_v2");
        GemmEx = (delegate* unmanaged<nint, int, int, int, int, int, float*, ulong, int, int, ulong, int, int, float*, ulong, int, int, int, int, int>)
            Export("cublasGemmEx");
    }

    /// <summary>The library, loaded when first asked for; null where the machine has none.</summary>
    public static CublasNative? Instance => Loaded.Value;

    public delegate* unmanaged<int, byte*> GetStatusName { get; }
    public delegate* unmanaged<nint*, int> Create { get; }
    public delegate* unmanaged<nint, int> Destroy { get; }
    public delegate* unmanaged<nint, int*, int> GetVersion { get; }
    public delegate* unmanaged<nint, nint, int> SetStream { get; }

    /// <summary>handle, transA, transB, m, n, k, alpha, A, lda, B, ldb, beta, C, ldc; column-major.</summary>
    public delegate* unmanaged<nint, int, int, int, int, int, float*, ulong, int, ulong, int, float*, ulong, int, int> Sgemm { get; }

    /// <summary>handle, transA, transB, m, n, k, alpha, A, typeA, lda, B, typeB, ldb, beta, C, typeC, ldc, computeType, algorithm; column-major.</summary>
    public delegate* unmanaged<nint, int, int, int, int, int, float*, ulong, int, int, ulong, int, int, float*, ulong, int, int, int, int, int> GemmEx { get; }

    /// <summary>Throws where a call did not succeed.</summary>
    /// <exception cref="CudaException">The library refused.</exception>
    public void Check(int result, [CallerArgumentExpression(nameof(result))] string call = "")
    {
        if (result != 0)
            throw new CudaException("cuBLAS", result, Marshal.PtrToStringUTF8((nint)GetStatusName(result)) ?? $"cublasStatus_t {result}", $"in {call}");
    }

    private static CublasNative? Load()
    {
        try
        {
            return CudaLibraries.TryLoad("cublas", PathVariable, out var library, out _) ? new CublasNative(library) : null;
        }
        catch (EntryPointNotFoundException)
        {
            // Older than CUDA 11.4: own kernels multiply.
            return null;
        }
    }
}
