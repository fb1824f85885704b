namespace Hearth.Compute.Tests;

public sealed class HostTensorTests
{
    [Fact]
    public void Make_BufferOfAnotherLength_SaysWhichIsNeeded()
    {
        using var buffer = HostBuffer.Allocate(7);

        var error = Assert.Throws<ArgumentException>(() => new HostTensor(DataType.F32, TensorShape.Of(2), buffer));

        Assert.Contains("F32[2] takes 8 bytes, not 7", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ByteLength_BeyondSixtyFourBits_Throws() =>
        Assert.Throws<OverflowException>(() => HostTensor.ByteLength(DataType.F64, TensorShape.Of(long.MaxValue)));

    [Fact]
    public void Size_EveryType_IsKnown()
    {
        foreach (var type in Enum.GetValues<DataType>())
            Assert.InRange(type.Size(), type == DataType.Bytes ? 0 : 1, 8);
    }
}
