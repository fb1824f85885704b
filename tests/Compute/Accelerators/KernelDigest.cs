using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Hearth.Compute.Accelerators;

namespace Hearth.Compute.Tests.Accelerators;

/// <summary>Digest of everything that kernels give for the same input, to compare how a device is used.</summary>
internal static class KernelDigest
{
    private const int Length = 300_007;

    public static byte[] Of(Accelerator accelerator)
    {
        using var buffer = accelerator.Allocate<float>(4L * Length);
        using var bytes = accelerator.Allocate<sbyte>(Length);
        using var indices = accelerator.Allocate<long>(1000);
        var elements = Elements(buffer.Length);
        var stream = accelerator.DefaultStream;
        stream.CopyFromCPU<float>(elements, buffer.View);
        var (x, y) = (buffer.View.SubView(0, Length), buffer.View.SubView(Length, Length));
        var (mean, variance) = (buffer.View.SubView(2 * Length, Length), buffer.View.SubView(3 * Length, Length));

        stream.Multiply(variance, variance, variance);
        stream.Fold([new FoldInput(y.Cast<byte>(), DataType.F32, 0.3), new FoldInput(mean.Cast<byte>(), DataType.F32, 1.7)], x);
        stream.Adam(new AdamOptions(0.01f), x, y, new AdamState(mean, variance, 3));
        stream.Sgd(new SgdOptions(0.01f, 0.9f), x, y, mean);
        stream.Quantize(0.01f, 5, x, bytes.View);
        stream.Softmax(7, x.SubView(0, 7 * 1000), y.SubView(0, 7 * 1000));
        stream.Softmax(700, x.SubView(0, 7000), y.SubView(20_000, 7000));
        stream.SumRows(x.SubView(0, 300 * 1000), y.SubView(7000, 300));
        stream.LayerNorm(1e-5f, x.SubView(0, 300), x.SubView(300, 300), x.SubView(0, 3000), y.SubView(30_000, 3000));
        stream.Attention(
            new AttentionShape(2, 30, 600, 16, true), x.SubView(0, 960), x.SubView(960, 19_200), y.SubView(100_000, 19_200), y.SubView(40_000, 960));
        stream.Gemm(new GemmShape(300, 600, 130), 1, x.SubView(0, 300 * 130), y.SubView(0, 130 * 600), 0.5f, variance.SubView(0, 300 * 600));
        stream.Gemm(new GemmShape(64, 100, 784, TransposeB: true), 1, x.SubView(0, 64 * 784), y.SubView(0, 784 * 100), 0, mean.SubView(0, 6400));
        stream.TopK(x, indices.View, y.SubView(200_000, 1000));
        var (dot, maximum, count) = (stream.Dot(x, y), stream.MaxMagnitude(x), stream.CountNonFinite(x.Cast<byte>(), DataType.F32));
        return Digest(stream, [buffer.View.Cast<byte>(), bytes.View.Cast<byte>(), indices.View.Cast<byte>()], [dot, maximum, count]);
    }

    private static float[] Elements(long length)
    {
        var random = new Random(7);
        var elements = new float[length];
        foreach (ref var element in elements.AsSpan())
            element = random.NextSingle() - 0.5f;
        return elements;
    }

    private static byte[] Digest(AcceleratorStream stream, ArrayView<byte>[] views, double[] values)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var view in views)
        {
            var bytes = new byte[view.Length];
            stream.CopyToCPU(view, bytes.AsSpan());
            hash.AppendData(bytes);
        }
        hash.AppendData(MemoryMarshal.AsBytes<double>(values));
        return hash.GetHashAndReset();
    }
}
