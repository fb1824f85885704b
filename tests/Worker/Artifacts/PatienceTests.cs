using Hearth.Testing;
using Hearth.Worker.Artifacts;

namespace Hearth.Worker.Tests.Artifacts;

public sealed class PatienceTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Token_ByteNowAndThen_EndsAllTheSame()
    {
        using var patience = new Patience(Limit, _time, default);

        patience.Received(1);
        _time.Advance(TimeSpan.FromSeconds(29));
        patience.Received(1);
        Assert.False(patience.Token.IsCancellationRequested);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(patience.Token.IsCancellationRequested);
        Assert.Equal(2, patience.Bytes);
    }

    [Fact]
    public void Token_EnoughCame_WaitsAnew()
    {
        using var patience = new Patience(Limit, _time, default);

        _time.Advance(TimeSpan.FromSeconds(29));
        patience.Received(64 * 1024);
        _time.Advance(TimeSpan.FromSeconds(29));

        Assert.False(patience.Token.IsCancellationRequested);
    }
}
