using Hearth.Cli.Demos.Serving;
using Hearth.Compute;

namespace Hearth.Cli.Tests.Demos.Serving;

public sealed class TensorSpecTests
{
    [Theory]
    [InlineData(new long[] { 1, 3, 4 }, 48, "[1,3,4]")]
    [InlineData(new long[] { -1, 3, 4 }, 96, "[2,3,4]")]
    [InlineData(new long[] { -1, -1 }, 2048, "[1,512]")]
    [InlineData(new long[] { 2, -1, 128 }, 1024, "[2,1,128]")]
    [InlineData(new long[] { }, 4, "[]")]
    public void Resolve_BytesThatFit_GivesTheShape(long[] dimensions, long bytes, string expected) =>
        Assert.Equal(expected, new TensorSpec("x", DataType.F32, [.. dimensions]).Resolve(bytes).ToString());

    [Theory]
    [InlineData(new long[] { 1, 3, 4 }, 44)]
    [InlineData(new long[] { -1, 3, 4 }, 50)]
    [InlineData(new long[] { }, 8)]
    public void Resolve_BytesThatDoNotFit_AsksForTheShape(long[] dimensions, long bytes)
    {
        var fault = Assert.Throws<CommandException>(() => new TensorSpec("x", DataType.F32, [.. dimensions]).Resolve(bytes));

        Assert.Contains("\"x\"", fault.Message, StringComparison.Ordinal);
        Assert.Contains(",shape=", fault.Message, StringComparison.Ordinal);
    }
}
