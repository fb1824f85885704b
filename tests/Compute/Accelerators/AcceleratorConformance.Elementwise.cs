namespace Hearth.Compute.Tests.Accelerators;

public abstract partial class AcceleratorConformance
{
    [DeviceTheory]
    [MemberData(nameof(Lengths))]
    public void Scale_AnyLength_EqualsTheReference(int length)
    {
        var x = Floats(length);
        var view = View(x);

        Stream.Scale(-1.7f, view);

        AssertClose(i => -1.7f * (double)x[i], Read(view));
    }

    [DeviceTheory]
    [MemberData(nameof(Lengths))]
    public void Axpy_AnyLength_EqualsTheReference(int length)
    {
        var (x, y) = (Floats(length), Floats(length));
        var view = View(y);

        Stream.Axpy(-1.7f, View(x), view);

        AssertClose(i => y[i] + (-1.7f * (double)x[i]), Read(view));
    }

    [DeviceTheory]
    [MemberData(nameof(Lengths))]
    public void AddAndMultiply_AnyLength_EqualTheReference(int length)
    {
        var (x, y) = (Floats(length), Floats(length));
        var (sum, product) = (View(new float[length]), View(new float[length]));

        Stream.Add(View(x), View(y), sum);
        Stream.Multiply(View(x), View(y), product);

        AssertSame(x.Zip(y, (a, b) => a + b), Read(sum));
        AssertSame(x.Zip(y, (a, b) => a * b), Read(product));
    }

    [DeviceTheory]
    [MemberData(nameof(Lengths))]
    public void ReluAndItsGradient_AnyLength_EqualTheReference(int length)
    {
        var (x, gradient) = (Floats(length), Floats(length));
        var (output, result) = (View(new float[length]), View(new float[length]));

        Stream.Relu(View(x), output);
        Stream.ReluGradient(output, View(gradient), result);

        AssertSame(x.Select(e => Math.Max(e, 0)), Read(output));
        AssertSame(x.Zip(gradient, (e, g) => e > 0 ? g : 0), Read(result));
    }

    [DeviceTheory]
    [MemberData(nameof(Lengths))]
    public void Clamp_AnyLength_EqualsTheReference(int length)
    {
        var x = Floats(length);
        var view = View(x);

        Stream.Clamp(-0.1f, 0.2f, view);

        AssertSame(x.Select(e => Math.Clamp(e, -0.1f, 0.2f)), Read(view));
    }

    [DeviceFact]
    public void Kernel_OnItsOwnInput_GivesTheSame()
    {
        var x = Floats(1003);
        var (inPlace, apart) = (View(x), View(new float[1003]));

        Stream.Softmax(17, inPlace, apart);
        Stream.Softmax(17, inPlace, inPlace);

        AssertSame(Read(apart), Read(inPlace));
    }

    [DeviceFact]
    public void ElementwiseKernels_NaN_StaysNaN()
    {
        float[] x = [float.NaN, 1, 2, 3, 4, 5, 6, 7, float.NaN];
        var (clamped, relu) = (View(x), View(new float[9]));

        Stream.Clamp(-1, 1, clamped);
        Stream.Relu(View(x), relu);

        Assert.Equal([float.NaN, 1, 1, 1, 1, 1, 1, 1, float.NaN], Read(clamped));
        Assert.Equal(x, Read(relu));
    }

    [DeviceFact]
    public void Clamp_EmptyRange_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => Stream.Clamp(1, 0, View(new float[1])));
        Assert.Throws<ArgumentException>(() => Stream.Clamp(float.NaN, 0, View(new float[1])));
    }

    [DeviceTheory]
    [InlineData(0, 3)]
    [InlineData(1, 1)]
    [InlineData(5, 7)]
    [InlineData(300, 10)]
    [InlineData(2, 50_001)]
    [InlineData(20_000, 3)]
    public void RowKernels_AnyShape_EqualTheReference(int rows, int columns)
    {
        var (x, row) = (Floats(rows * columns), Floats(columns));
        var (softmax, logSoftmax, shifted) = (View(new float[x.Length]), View(new float[x.Length]), View(x));

        Stream.Softmax(columns, View(x), softmax);
        Stream.LogSoftmax(columns, View(x), logSoftmax);
        Stream.AddRow(View(row), shifted);

        var logarithms = LogSoftmax(x, columns);
        AssertClose(i => Math.Exp(logarithms[i]), Read(softmax), 1e-5);
        AssertClose(i => logarithms[i], i => 1 + Math.Abs(x[i]) + Math.Abs(logarithms[i]), Read(logSoftmax));
        AssertSame(x.Select((e, i) => e + row[i % columns]), Read(shifted));
    }

    [DeviceFact]
    public void Softmax_HugeElements_StaysFinite()
    {
        var result = View(new float[3]);

        Stream.Softmax(3, View([3e38f, 3e38f, -3e38f]), result);

        Assert.Equal([0.5f, 0.5f, 0], Read(result));
    }

    [DeviceTheory]
    [InlineData(0, 6)]
    [InlineData(-1, 6)]
    public void Softmax_NoColumns_IsRefused(long columns, int length) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Stream.Softmax(columns, View(new float[length]), View(new float[length])));

    [DeviceFact]
    public void Softmax_PartOfARow_IsRefused() =>
        Assert.Throws<ArgumentException>(() => Stream.Softmax(4, View(new float[6]), View(new float[6])));

    private static double[] LogSoftmax(float[] x, int columns) =>
    [
        .. x.Chunk(columns).SelectMany(row =>
        {
            double maximum = row.Max();
            var logarithm = maximum + Math.Log(row.Sum(e => Math.Exp(e - maximum)));
            return row.Select(e => e - logarithm);
        }),
    ];
}
