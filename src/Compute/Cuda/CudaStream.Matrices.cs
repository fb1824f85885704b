using System.Diagnostics.CodeAnalysis;
using Hearth.Compute.Accelerators;

namespace Hearth.Compute.Cuda;

/// <content>Products of matrices by cuBLAS, where the machine has it. It knows columns first: c' = b' · a' is the same memory.</content>
internal sealed unsafe partial class CudaStream
{
    private nint _cublas;

    private protected override void GemmCore(GemmShape shape, float alpha, ArrayView<float> a, ArrayView<float> b, float beta, ArrayView<float> c)
    {
        if (!UsesCublas(shape, out var cublas))
        {
            base.GemmCore(shape, alpha, a, b, beta, c);
            return;
        }
        cublas.Check(cublas.Sgemm(
            OpenCublas(cublas), shape.TransposeB ? 1 : 0, shape.TransposeA ? 1 : 0, (int)shape.Columns, (int)shape.Rows, (int)shape.Depth,
            &alpha, Address(b), (int)(shape.TransposeB ? shape.Depth : shape.Columns),
            Address(a), (int)(shape.TransposeA ? shape.Rows : shape.Depth), &beta, Address(c), (int)shape.Columns));
    }

    private protected override void GemmCore(
        GemmShape shape, DataType type, float alpha, ArrayView<byte> a, ArrayView<byte> b, float beta, ArrayView<float> c)
    {
        if (!UsesCublas(shape, out var cublas))
        {
            base.GemmCore(shape, type, alpha, a, b, beta, c);
            return;
        }
        var number = type == DataType.F16 ? CublasNative.Real16F : CublasNative.Real16BF;
        var result = cublas.GemmEx(
            OpenCublas(cublas), shape.TransposeB ? 1 : 0, shape.TransposeA ? 1 : 0, (int)shape.Columns, (int)shape.Rows, (int)shape.Depth,
            &alpha, Address(b), number, (int)(shape.TransposeB ? shape.Depth : shape.Columns),
            Address(a), number, (int)(shape.TransposeA ? shape.Rows : shape.Depth), &beta, Address(c), CublasNative.Real32F, (int)shape.Columns,
            CublasNative.Compute32F, CublasNative.DefaultAlgorithm);
        // As of factors that begin at an odd byte.
        if (result == CublasNative.NotSupported)
            base.GemmCore(shape, type, alpha, a, b, beta, c);
        else
            cublas.Check(result, nameof(cublas.GemmEx));
    }

    private bool UsesCublas(GemmShape shape, [NotNullWhen(true)] out CublasNative? cublas)
    {
        cublas = _accelerator.Cublas;
        return cublas is not null && shape.Depth > 0 && Math.Max(shape.Rows, Math.Max(shape.Columns, shape.Depth)) <= int.MaxValue;
    }

    /// <summary>The stream's own handle: it keeps memory to work in, which two streams must not share.</summary>
    private nint OpenCublas(CublasNative cublas)
    {
        _context.Enter();
        if (_cublas == 0)
        {
            nint handle = 0;
            cublas.Check(cublas.Create(&handle));
            _cublas = handle;
            cublas.Check(cublas.SetStream(handle, _handle));
        }
        return _cublas;
    }

    private void DisposeCublas()
    {
        if (_cublas == 0)
            return;
        _ = _context.EnterToRelease();
        _ = _accelerator.Cublas!.Destroy(_cublas);
        _cublas = 0;
    }
}
