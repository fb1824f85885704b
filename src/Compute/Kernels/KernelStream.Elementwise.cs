using Hearth.Compute.Accelerators;

namespace Hearth.Compute.Kernels;

/// <content>Kernels that treat elements, or rows of them, alike.</content>
internal abstract partial class KernelStream
{
    // Rows above this length take a group each, others an item.
    private const int ShortRow = 64;

    private static readonly KernelProgram SoftmaxProgram = new("softmax");

    private protected override void ScaleCore(float factor, ArrayView<float> x) =>
        LaunchElements(Elementwise, "scale", x.Length, factor, x, x.Length);

    private protected override void AxpyCore(float factor, ArrayView<float> x, ArrayView<float> y) =>
        LaunchElements(Elementwise, "axpy", x.Length, factor, x, y, x.Length);

    private protected override void AddCore(ArrayView<float> x, ArrayView<float> y, ArrayView<float> result) =>
        LaunchElements(Elementwise, "add", x.Length, x, y, result, x.Length);

    private protected override void MultiplyCore(ArrayView<float> x, ArrayView<float> y, ArrayView<float> result) =>
        LaunchElements(Elementwise, "multiply", x.Length, x, y, result, x.Length);

    private protected override void ClampCore(float minimum, float maximum, ArrayView<float> x) =>
        LaunchElements(Elementwise, "clamp_range", x.Length, minimum, maximum, x, x.Length);

    private protected override void ReluCore(ArrayView<float> x, ArrayView<float> result) =>
        LaunchElements(Elementwise, "relu", x.Length, x, result, x.Length);

    private protected override void ReluGradientCore(ArrayView<float> output, ArrayView<float> gradient, ArrayView<float> result) =>
        LaunchElements(Elementwise, "relu_gradient", output.Length, output, gradient, result, output.Length);

    private protected override void AddRowCore(ArrayView<float> row, ArrayView<float> matrix) =>
        LaunchElements(Elementwise, "add_row", matrix.Length, row, row.Length, matrix, matrix.Length);

    private protected override void SoftmaxCore(long columns, ArrayView<float> x, ArrayView<float> result) =>
        LaunchSoftmax(columns, x, result, logarithm: false);

    private protected override void LogSoftmaxCore(long columns, ArrayView<float> x, ArrayView<float> result) =>
        LaunchSoftmax(columns, x, result, logarithm: true);

    private void LaunchSoftmax(long columns, ArrayView<float> x, ArrayView<float> result, bool logarithm)
    {
        var rows = x.Length / columns;
        if (columns <= ShortRow)
            LaunchBlocks(SoftmaxProgram, "softmax_short", Blocks(rows, GroupSize), x, result, rows, columns, logarithm);
        else
            LaunchBlocks(SoftmaxProgram, "softmax_long", rows, x, result, rows, columns, logarithm);
    }
}
