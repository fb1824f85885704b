using Hearth.Compute.Accelerators;
using Hearth.Compute.Cpu;

namespace Hearth.Compute.Tests.Accelerators;

public sealed class ArrayViewTests : IDisposable
{
    private readonly CpuAccelerator _accelerator = new(new CpuAcceleratorOptions { Threads = 1 });
    private readonly MemoryBuffer<float> _buffer;

    public ArrayViewTests() => _buffer = _accelerator.Allocate<float>(10);

    public void Dispose()
    {
        _buffer.Dispose();
        _accelerator.Dispose();
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(0, 11)]
    [InlineData(10, 1)]
    [InlineData(1, long.MaxValue)]
    [InlineData(0, -1)]
    public void SubView_OutsideTheView_IsRefused(long index, long length) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => _buffer.View.SubView(index, length));

    [Fact]
    public void SubView_OfASubView_CountsFromIt()
    {
        var view = _buffer.View.SubView(2, 6).SubView(3, 3);

        Assert.Equal((20, 3, 12), (view.OffsetInBytes, view.Length, view.LengthInBytes));
    }

    [Fact]
    public void Cast_ToSmallerElements_ShowsTheSameBytes() => Assert.Equal(24, _buffer.View.SubView(1, 6).Cast<byte>().Length);

    [Fact]
    public void Cast_ToElementsThatDoNotFit_IsRefused()
    {
        Assert.Throws<InvalidOperationException>(() => _buffer.View.SubView(0, 3).Cast<double>());
        Assert.Throws<InvalidOperationException>(() => _buffer.View.SubView(1, 4).Cast<double>());
    }
}
