using System.Buffers;
using System.Numerics.Tensors;
using Hearth.Compute.Accelerators;

namespace Hearth.Compute.Cpu;

/// <content>What transformers need beside products of matrices: a row or a query at a time.</content>
internal sealed unsafe partial class CpuStream
{
    private protected override void LayerNormCore(
        float epsilon, ArrayView<float> gain, ArrayView<float> bias, ArrayView<float> x, ArrayView<float> result)
    {
        var columns = (int)gain.Length;
        ForRows(columns, x.Length, (start, length) =>
        {
            var y = Span(result, start, length);
            TensorPrimitives.Subtract(Span(x, start, length), (float)(ReductionBlocks.Sum(Span(x, start, length)) / length), y);
            var variance = ReductionBlocks.Dot(Pointer(result) + start, Pointer(result) + start, length) / length;
            TensorPrimitives.Multiply(y, (float)(1 / Math.Sqrt(variance + epsilon)), y);
            TensorPrimitives.FusedMultiplyAdd(y, Span(gain, 0, length), Span(bias, 0, length), y);
        });
    }

    private protected override void AttentionCore(
        AttentionShape shape, ArrayView<float> queries, ArrayView<float> keys, ArrayView<float> values, ArrayView<float> result) =>
        _threads.ForBlocks(shape.Heads * shape.Queries, 1, (row, _) =>
        {
            var (head, query) = (row / shape.Queries, row % shape.Queries);
            var (width, visible) = ((int)shape.Width, (int)shape.VisibleKeys(query));
            var target = Span(result, row * width, width);
            target.Clear();
            if (visible == 0)
                return;
            var scratch = ArrayPool<float>.Shared.Rent(visible);
            var scores = scratch.AsSpan(0, visible);
            var q = Pointer(queries) + (row * width);
            var first = head * shape.Keys * width;
            for (var key = 0; key < visible; key++)
                scores[key] = (float)(shape.ScaleOrDefault * ReductionBlocks.Dot(q, Pointer(keys) + first + ((long)key * width), width));
            TensorPrimitives.Subtract(scores, TensorPrimitives.Max(scores), scores);
            TensorPrimitives.Exp(scores, scores);
            TensorPrimitives.Divide(scores, (float)ReductionBlocks.Sum(scores), scores);
            for (var key = 0; key < visible; key++)
                TensorPrimitives.FusedMultiplyAdd(Span(values, first + ((long)key * width), width), scores[key], target, target);
            ArrayPool<float>.Shared.Return(scratch);
        });
}
