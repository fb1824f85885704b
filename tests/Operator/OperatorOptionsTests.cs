namespace Hearth.Operator.Tests;

public sealed class OperatorOptionsTests
{
    [Fact]
    public void Validate_Defaults_Pass() => new OperatorOptions().Validate();

    [Theory]
    [InlineData("8081")]
    [InlineData("https://*:8081")]
    public void Validate_NoAddressToListenOn_SaysWhatIsExpected(string listen)
    {
        var fault = Assert.Throws<ArgumentException>(() => new OperatorOptions { OperationsListen = listen }.Validate());

        Assert.Contains($"\"{listen}\"", fault.Message, StringComparison.Ordinal);
        Assert.Contains("expected http://", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    public void Validate_TickOutOfRange_IsRefused(int seconds) =>
        Assert.Throws<ArgumentException>(() => new OperatorOptions { ScaleTick = TimeSpan.FromSeconds(seconds) }.Validate());
}
