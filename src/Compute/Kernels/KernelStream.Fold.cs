using Hearth.Compute.Accelerators;

namespace Hearth.Compute.Kernels;

/// <content>The weighted fold: eight, four, two or one input at a time, so that few programs serve any number.</content>
internal abstract partial class KernelStream
{
    private const int MaxInputs = 8;

    private protected override void FoldCore(ReadOnlySpan<FoldInput> inputs, ArrayView<float> accumulator, bool overwrite)
    {
        if (overwrite)
            MemSetToZero(accumulator);
        for (var rest = inputs; !rest.IsEmpty; rest = rest[InputsOfAPass(rest.Length)..])
        {
            var pass = rest[..InputsOfAPass(rest.Length)];
            LaunchFold("float", pass, accumulator, accumulator.OffsetInBytes, sizeof(float), accumulator.Length);
        }
    }

    private protected override void FoldCore(ReadOnlySpan<FoldInput> inputs, ArrayView<double> accumulator, bool overwrite)
    {
        if (overwrite)
            MemSetToZero(accumulator);
        for (var rest = inputs; !rest.IsEmpty; rest = rest[InputsOfAPass(rest.Length)..])
        {
            var pass = rest[..InputsOfAPass(rest.Length)];
            LaunchFold("double", pass, accumulator, accumulator.OffsetInBytes, sizeof(double), accumulator.Length);
        }
    }

    private protected override void NarrowCore(double factor, ArrayView<double> source, ArrayView<float> target) =>
        LaunchElements(Elementwise, "narrow", target.Length, factor, source, target, target.Length);

    private void LaunchFold(string sum, ReadOnlySpan<FoldInput> inputs, KernelArgument accumulator, long start, int size, long length)
    {
        var alignment = AlignmentOf(start, size);
        var (types, alike) = (0u, true);
        for (var k = 0; k < inputs.Length; k++)
        {
            alignment = Math.Min(alignment, AlignmentOf(inputs[k].Elements.OffsetInBytes, inputs[k].Type.Size()));
            types |= TypeNumber(inputs[k].Type) << (4 * k);
            alike &= inputs[k].Type == inputs[0].Type;
        }
        var arguments = new KernelArgument[3 + (2 * MaxInputs)];
        (arguments[0], arguments[1], arguments[2]) = (accumulator, length, types);
        for (var k = 0; k < MaxInputs; k++)
        {
            // What is not looked at must be memory all the same.
            var input = inputs[Math.Min(k, inputs.Length - 1)];
            arguments[3 + (2 * k)] = input.Elements;
            arguments[4 + (2 * k)] = size == sizeof(float) ? (KernelArgument)(float)input.Weight : input.Weight;
        }
        var loads = ((KernelAccelerator)Accelerator).LoadsUnderWay;
        var program = FoldProgram(sum, inputs.Length, alignment, loads, alike ? $"{types}u" : "types");
        LaunchBlocks(program, "fold", Blocks(length, 4 * loads * GroupSize), arguments);
    }

    private static KernelProgram FoldProgram(string sum, int count, int alignment, int loads, string types) =>
        new("fold", $"SUM={sum}", $"SUM4={sum}4", $"COUNT={count}", $"ALIGNMENT={alignment}", $"UNROLL={loads}", $"TYPES={types}");

    private static int InputsOfAPass(int count) => count switch
    {
        >= MaxInputs => MaxInputs,
        >= 4 => 4,
        >= 2 => 2,
        _ => 1,
    };

    /// <summary>2: four elements can be loaded at once; 1: one; 0: only bytes. Memory itself is aligned to 64 bytes.</summary>
    private static int AlignmentOf(long start, int size) => start % (4 * size) == 0 ? 2 : start % size == 0 ? 1 : 0;

    /// <summary>As in hearth.h.</summary>
    private static uint TypeNumber(DataType type) => type switch
    {
        DataType.F32 => 0,
        DataType.F16 => 1,
        DataType.BF16 => 2,
        DataType.I8 => 3,
        _ => 4,
    };
}
