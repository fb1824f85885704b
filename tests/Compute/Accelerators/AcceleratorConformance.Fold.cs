using Hearth.Compute.Accelerators;

namespace Hearth.Compute.Tests.Accelerators;

public abstract partial class AcceleratorConformance
{
    // Runs of one type and single ones: devices may treat neighbours of one type together.
    private static readonly DataType[] FoldTypes =
    [
        DataType.F32, DataType.F32, DataType.F32, DataType.F32, DataType.F32, DataType.F16, DataType.F16, DataType.BF16, DataType.BF16,
        DataType.I8, DataType.I8, DataType.I8, DataType.F64, DataType.F64, DataType.F32,
    ];

    [DeviceTheory]
    [MemberData(nameof(Lengths))]
    public void Fold_MixedTypes_EqualsTheReference(int length)
    {
        var updates = FoldTypes.Select((type, i) => RandomUpdate(type, length, 0.25 + i)).ToArray();
        var start = Floats(length);
        var single = View(start);
        var wide = View(start.Select(x => (double)x).ToArray());
        var result = View(new float[length]);

        Stream.Fold([.. updates.Select(u => u.Input)], single);
        Stream.Fold([.. updates.Select(u => u.Input)], wide);
        Stream.Narrow(1, wide, result);

        var (sums, scales) = (start.Select(x => (double)x).ToArray(), start.Select(x => (double)Math.Abs(x)).ToArray());
        foreach (var (input, values) in updates)
        {
            for (var i = 0; i < length; i++)
            {
                sums[i] += input.Weight * values[i];
                scales[i] += Math.Abs(input.Weight * values[i]);
            }
        }
        AssertClose(i => sums[i], i => scales[i], Read(single));
        AssertClose(i => sums[i], Read(result));
    }

    [DeviceTheory]
    [MemberData(nameof(Lengths))]
    public void Fold_Overwriting_EqualsAFoldIntoZeros(int length)
    {
        FoldInput[] inputs = [.. FoldTypes.Select((type, i) => RandomUpdate(type, length, 0.25 + i).Input)];
        var (zeros, used) = (View(new float[length]), View(Enumerable.Repeat(float.NaN, length).ToArray()));
        var (wideZeros, wideUsed) = (View(new double[length]), View(Enumerable.Repeat(double.NaN, length).ToArray()));

        Stream.Fold(inputs, zeros);
        Stream.Fold(inputs, used, overwrite: true);
        Stream.Fold(inputs, wideZeros);
        Stream.Fold(inputs, wideUsed, overwrite: true);

        Assert.Equal(Read(zeros), Read(used));
        Assert.Equal(Read(wideZeros), Read(wideUsed));
    }

    [DeviceFact]
    public void Fold_EveryHalf_KeepsItsValue()
    {
        var bits = Enumerable.Range(0, 65_536).Select(i => (ushort)i).ToArray();

        var folded = FoldOne(View(bits).Cast<byte>(), DataType.F16, bits.Length);

        AssertSame(bits.Select(b => (float)BitConverter.UInt16BitsToHalf(b)), folded);
    }

    [DeviceFact]
    public void Fold_EveryBFloat16_KeepsItsValue()
    {
        var bits = Enumerable.Range(0, 65_536).Select(i => (ushort)i).ToArray();

        var folded = FoldOne(View(bits).Cast<byte>(), DataType.BF16, bits.Length);

        AssertSame(bits.Select(b => BitConverter.UInt32BitsToSingle((uint)b << 16)), folded);
    }

    [DeviceFact]
    public void Fold_EverySignedByte_KeepsItsValue()
    {
        var values = Enumerable.Range(-128, 256).Select(i => (sbyte)i).ToArray();

        var folded = FoldOne(View(values).Cast<byte>(), DataType.I8, values.Length);

        AssertSame(values.Select(v => (float)v), folded);
    }

    /// <summary>The promise of FedAvg: whatever cancels, the mean of a hundred updates is right to a millionth, element by element.</summary>
    [DeviceFact]
    public void Fold_HundredUpdatesIntoDoubles_GivesTheWeightedMean()
    {
        const int Length = 5001;
        const int Batch = 8;
        var updates = Enumerable.Range(0, 100).Select(_ => (Values: Floats(Length), Examples: _random.Next(1, 5000))).ToArray();
        var sums = View(new double[Length]);
        var mean = View(new float[Length]);

        foreach (var batch in updates.Chunk(Batch))
            Stream.Fold([.. batch.Select(u => new FoldInput(View(u.Values).Cast<byte>(), DataType.F32, u.Examples))], sums);
        double examples = updates.Sum(u => u.Examples);
        Stream.Narrow(1 / examples, sums, mean);

        AssertClose(i => updates.Sum(u => (double)u.Examples * u.Values[i]) / examples, Read(mean));
    }

    /// <summary>As tensors of a mapped file lie: one behind another, wherever the one before ends.</summary>
    [DeviceTheory]
    [InlineData(DataType.F64)]
    [InlineData(DataType.F32)]
    [InlineData(DataType.F16)]
    [InlineData(DataType.BF16)]
    [InlineData(DataType.I8)]
    public void Fold_ImportedAtAnyByte_EqualsTheReference(DataType type)
    {
        const int Length = 5003;
        for (var skipped = 0; skipped < 9; skipped++)
        {
            var (input, values) = RandomUpdate(type, Length, 1.5);
            using var memory = HostBuffer.Allocate(skipped + input.Elements.Length);
            Read(input.Elements).CopyTo(memory.AsSpan(skipped, (int)input.Elements.Length));
            using var part = HostBuffer.Wrap(memory.Address + skipped, input.Elements.Length, new MemoryStream());
            using var imported = Accelerator.Import(part);
            var (single, wide) = (View(new float[Length]), View(new double[Length]));
            var result = View(new float[Length]);

            Stream.Fold([new FoldInput(imported.View, type, 1.5)], single);
            Stream.Fold([new FoldInput(imported.View, type, 1.5)], wide);
            Stream.Narrow(1, wide, result);
            Stream.Synchronize();

            AssertClose(i => 1.5 * values[i], Read(single));
            AssertClose(i => 1.5 * values[i], Read(result));
        }
    }

    [DeviceTheory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(17)]
    public void Fold_AnyNumberOfInputs_EqualsTheReference(int count)
    {
        const int Length = 9001;
        var updates = Enumerable.Range(0, count).Select(i => RandomUpdate(DataType.F16, Length, 1.0 / (i + 1))).ToArray();
        // From the start of its memory, which lets devices load several elements at once.
        using var buffer = Accelerator.Allocate<float>(Length);
        Stream.MemSetToZero(buffer.View);

        Stream.Fold([.. updates.Select(u => u.Input)], buffer.View);

        AssertClose(
            i => updates.Sum(u => u.Input.Weight * u.Values[i]), i => updates.Sum(u => Math.Abs(u.Input.Weight * u.Values[i])), Read(buffer.View));
    }

    [DeviceFact]
    public void Fold_NaNOrInfinity_ReachesItsElementOnly()
    {
        var accumulator = View([1f, 1f, 1f, 1f]);

        Stream.Fold([new FoldInput(View([float.NaN, 2f, float.PositiveInfinity, 3f]).Cast<byte>(), DataType.F32, 1)], accumulator);

        Assert.Equal([float.NaN, 3f, float.PositiveInfinity, 4f], Read(accumulator));
    }

    [DeviceFact]
    public void Fold_NoInputs_LeavesTheAccumulator()
    {
        var accumulator = View([1f, 2f]);

        Stream.Fold([], accumulator);

        Assert.Equal([1f, 2f], Read(accumulator));
    }

    [DeviceFact]
    public void Fold_OneByOneOrTogether_GivesTheSameBits()
    {
        var updates = FoldTypes.Select(type => RandomUpdate(type, 5000, 1.7)).ToArray();
        var (apart, together) = (View(new float[5000]), View(new float[5000]));

        foreach (var update in updates)
            Stream.Fold([update.Input], apart);
        Stream.Fold([.. updates.Select(u => u.Input)], together);

        AssertSame(Read(apart), Read(together));
    }

    [DeviceFact]
    public void Fold_TypeThatIsNoNumberToFold_IsRefused()
    {
        var refusal = Assert.Throws<ArgumentException>(() => Stream.Fold([new FoldInput(View(new byte[8]), DataType.I64, 1)], View(new float[1])));

        Assert.Contains("I64", refusal.Message, StringComparison.Ordinal);
    }

    [DeviceFact]
    public void Fold_InputOfAnotherLength_IsRefused() =>
        Assert.Throws<ArgumentException>(() => Stream.Fold([new FoldInput(View(new byte[8]), DataType.F32, 1)], View(new float[3])));

    private float[] FoldOne(ArrayView<byte> elements, DataType type, int length)
    {
        var accumulator = View(new float[length]);
        Stream.Fold([new FoldInput(elements, type, 1)], accumulator);
        return Read(accumulator);
    }

    /// <summary>An update on the device, and the values that its elements stand for.</summary>
    private (FoldInput Input, double[] Values) RandomUpdate(DataType type, int length, double weight)
    {
        var floats = Floats(length);
        return type switch
        {
            DataType.F64 => Update(floats.Select(x => x / 3.0).ToArray(), x => x),
            DataType.F32 => Update(floats, x => x),
            DataType.F16 => Update(floats.Select(x => (Half)x).ToArray(), x => (double)x),
            DataType.BF16 => Update(
                floats.Select(x => (ushort)(BitConverter.SingleToUInt32Bits(x) >> 16)).ToArray(),
                x => BitConverter.UInt32BitsToSingle((uint)x << 16)),
            _ => Update(floats.Select(x => (sbyte)x).ToArray(), x => x),
        };

        (FoldInput Input, double[] Values) Update<T>(T[] elements, Func<T, double> value)
            where T : unmanaged =>
            (new FoldInput(View(elements).Cast<byte>(), type, weight), elements.Select(value).ToArray());
    }
}
