using System.Numerics.Tensors;
using System.Runtime.Intrinsics;
using Hearth.Compute.Accelerators;

namespace Hearth.Compute.Cpu;

/// <content>Kernels that treat elements, or rows of them, alike.</content>
internal sealed unsafe partial class CpuStream
{
    private protected override void ScaleCore(float factor, ArrayView<float> x) =>
        ForElements(x.Length, (start, length) => TensorPrimitives.Multiply(Span(x, start, length), factor, Span(x, start, length)));

    private protected override void AxpyCore(float factor, ArrayView<float> x, ArrayView<float> y) =>
        ForElements(x.Length, (start, length) =>
            TensorPrimitives.FusedMultiplyAdd(Span(x, start, length), factor, Span(y, start, length), Span(y, start, length)));

    private protected override void AddCore(ArrayView<float> x, ArrayView<float> y, ArrayView<float> result) =>
        ForElements(x.Length, (start, length) =>
            TensorPrimitives.Add(Span(x, start, length), Span(y, start, length), Span(result, start, length)));

    private protected override void MultiplyCore(ArrayView<float> x, ArrayView<float> y, ArrayView<float> result) =>
        ForElements(x.Length, (start, length) =>
            TensorPrimitives.Multiply(Span(x, start, length), Span(y, start, length), Span(result, start, length)));

    private protected override void ClampCore(float minimum, float maximum, ArrayView<float> x) =>
        ForElements(x.Length, (start, length) => TensorPrimitives.Clamp(Span(x, start, length), minimum, maximum, Span(x, start, length)));

    private protected override void ReluCore(ArrayView<float> x, ArrayView<float> result) =>
        ForElements(x.Length, (start, length) => TensorPrimitives.Max(Span(x, start, length), 0f, Span(result, start, length)));

    private protected override void ReluGradientCore(ArrayView<float> output, ArrayView<float> gradient, ArrayView<float> result) =>
        ForElements(output.Length, (start, length) =>
        {
            var y = Pointer(output) + start;
            var slope = Pointer(gradient) + start;
            var target = Pointer(result) + start;
            var i = 0;
            for (; i <= length - Vector256<float>.Count; i += Vector256<float>.Count)
            {
                var isOff = Vector256.LessThanOrEqual(Vector256.Load(y + i), Vector256<float>.Zero);
                Vector256.AndNot(Vector256.Load(slope + i), isOff).Store(target + i);
            }
            for (; i < length; i++)
                target[i] = y[i] <= 0 ? 0 : slope[i];
        });

    private protected override void AddRowCore(ArrayView<float> row, ArrayView<float> matrix) =>
        ForRows((int)row.Length, matrix.Length, (start, length) =>
            TensorPrimitives.Add(Span(matrix, start, length), Span(row, 0, length), Span(matrix, start, length)));

    private protected override void SoftmaxCore(long columns, ArrayView<float> x, ArrayView<float> result) =>
        ForRows((int)columns, x.Length, (start, length) =>
        {
            var y = Span(result, start, length);
            TensorPrimitives.Subtract(Span(x, start, length), TensorPrimitives.Max(Span(x, start, length)), y);
            TensorPrimitives.Exp(y, y);
            TensorPrimitives.Divide(y, (float)ReductionBlocks.Sum(y), y);
        });

    private protected override void LogSoftmaxCore(long columns, ArrayView<float> x, ArrayView<float> result) =>
        ForRows((int)columns, x.Length, (start, length) =>
        {
            var y = Span(result, start, length);
            var maximum = TensorPrimitives.Max(Span(x, start, length));
            TensorPrimitives.Subtract(Span(x, start, length), maximum, y);
            TensorPrimitives.Subtract(y, (float)Math.Log(ReductionBlocks.SumOfExponentials(y)), y);
        });

    private void ForElements(long length, Action<long, int> body) => _threads.ForBlocks(length, BlockLength, body);

    /// <summary>Calls the body with the start and length of every row.</summary>
    private void ForRows(int columns, long elements, Action<long, int> body)
    {
        var rowsPerBlock = Math.Max(1, BlockLength / 4 / columns);
        _threads.ForBlocks(elements / columns, rowsPerBlock, (first, rows) =>
        {
            for (var row = first; row < first + rows; row++)
                body(row * columns, columns);
        });
    }
}
