using Hearth.Compute;
using Hearth.Worker.Functions.Batching;
using Hearth.Worker.Models;

namespace Hearth.Worker.Tests.Functions.Batching;

public sealed class BatchRulesTests
{
    [Fact]
    public void FindFault_FirstDimensionIsTheRequests_IsNone() =>
        Assert.Null(BatchRules.FindFault(new([Tensor("x", "n", -1, 3), Tensor("y", "", -1)], [Tensor("z", "n", -1)])));

    [Fact]
    public void FindFault_FixedFirstDimension_NamesIt() => Assert.Equal(
        "input 'x' is [1,3]: its first dimension must be one that a request chooses (-1)",
        BatchRules.FindFault(new([Tensor("x", "", 1, 3)], [Tensor("z", "n", -1)])));

    [Fact]
    public void FindFault_ScalarOutput_NamesIt() => Assert.Equal(
        "output 'z' is []: its first dimension must be one that a request chooses (-1)", BatchRules.FindFault(new([Tensor("x", "n", -1)], [Tensor("z", "")])));

    [Fact]
    public void FindFault_TwoNames_NamesBoth() => Assert.Equal(
        "the first dimension of output 'z' is 'm', that of another 'n': they must be the same",
        BatchRules.FindFault(new([Tensor("x", "n", -1)], [Tensor("z", "m", -1)])));

    [Theory]
    [InlineData(1f, 1f, true)]
    [InlineData(1f, 1.0001f, true)]
    [InlineData(1f, 1.1f, false)]
    [InlineData(float.NaN, 1f, false)]
    [InlineData(float.PositiveInfinity, float.PositiveInfinity, true)]
    public void AreSame_Floats_ButForRounding(float a, float b, bool same) => Assert.Equal(same, BatchRules.AreSame(Floats(a), Floats(b)));

    [Fact]
    public void AreSame_OtherShape_IsNot() => Assert.False(BatchRules.AreSame(Floats(1), Floats(1, 2)));

    private static HostTensor Floats(params float[] values) =>
        new(DataType.F32, TensorShape.Of(values.Length), HostBuffer.CopyOf(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(values)));

    private static TensorMetadata Tensor(string name, string symbol, params long[] dimensions) =>
        new(name, DataType.F32, [.. dimensions], [.. dimensions.Select((_, i) => i == 0 ? symbol : "")]);
}
