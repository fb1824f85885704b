using Hearth.Compute.Accelerators;
using Hearth.Compute.Cuda;

namespace Hearth.Benchmarks.Gemm;

/// <summary>cuBLAS as its users call it.</summary>
internal sealed unsafe class CublasPeer : IGemmPeer, IDisposable
{
    private readonly CublasNative _cublas;
    private readonly nint _handle;

    private CublasPeer(CublasNative cublas)
    {
        _cublas = cublas;
        nint handle = 0;
        cublas.Check(cublas.Create(&handle));
        _handle = handle;
    }

    public string Name => "Cublas";

    /// <summary>Opens the library in the accelerator's context; null where the machine has none.</summary>
    public static CublasPeer? TryOpen(Accelerator accelerator)
    {
        accelerator.Synchronize();
        return CublasNative.Instance is { } cublas ? new CublasPeer(cublas) : null;
    }

    public void Multiply(GemmShape shape, ArrayView<float> a, ArrayView<float> b, ArrayView<float> c)
    {
        var (one, zero) = (1f, 0f);
        _cublas.Check(_cublas.Sgemm(
            _handle, shape.TransposeB ? 1 : 0, shape.TransposeA ? 1 : 0, (int)shape.Columns, (int)shape.Rows, (int)shape.Depth,
            &one, Address(b), (int)(shape.TransposeB ? shape.Depth : shape.Columns),
            Address(a), (int)(shape.TransposeA ? shape.Rows : shape.Depth), &zero, Address(c), (int)shape.Columns));
    }

    public void Dispose() => _ = _cublas.Destroy(_handle);

    private static ulong Address(ArrayView<float> view) => (ulong)(view.Buffer!.NativePtr + (nint)view.OffsetInBytes);
}
