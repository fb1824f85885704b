using Hearth.Compute.Accelerators;

namespace Hearth.Compute.Kernels;

/// <content>What transformers need beside products of matrices.</content>
internal abstract partial class KernelStream
{
    private static readonly KernelProgram LayerNormProgram = new("layer_norm");
    private static readonly KernelProgram AttentionProgram = new("attention");

    private protected override void LayerNormCore(
        float epsilon, ArrayView<float> gain, ArrayView<float> bias, ArrayView<float> x, ArrayView<float> result)
    {
        var rows = x.Length / gain.Length;
        LaunchBlocks(LayerNormProgram, "layer_norm", rows, epsilon, gain, bias, x, result, rows, gain.Length);
    }

    private protected override void AttentionCore(
        AttentionShape shape, ArrayView<float> queries, ArrayView<float> keys, ArrayView<float> values, ArrayView<float> result)
    {
        var rows = shape.Heads * shape.Queries;
        LaunchBlocks(
            AttentionProgram, "attention", rows,
            rows, shape.Queries, shape.Keys, shape.Width, shape.IsCausal, shape.ScaleOrDefault, queries, keys, values, result);
    }
}
