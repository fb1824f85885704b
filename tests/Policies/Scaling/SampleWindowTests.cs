using Hearth.Policies.Scaling;

namespace Hearth.Policies.Tests.Scaling;

public sealed class SampleWindowTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void Average_NoSample_IsUnknown() => Assert.Null(new SampleWindow(4).Average(Start, Minute).Mean);

    [Fact]
    public void Average_ShortHistory_DividesByItsOwnLength()
    {
        var window = new SampleWindow(30);
        window.Add(Start, 4);
        window.Add(Start.AddSeconds(2), 8);

        var (mean, span) = window.Average(Start.AddSeconds(2), Minute);

        Assert.Equal(6, mean);
        Assert.Equal(TimeSpan.FromSeconds(2), span);
    }

    [Fact]
    public void Average_FullRing_ForgetsTheOldest()
    {
        var window = new SampleWindow(3);
        foreach (var second in Enumerable.Range(0, 5))
            window.Add(Start.AddSeconds(second), second);

        Assert.Equal(3, window.Average(Start.AddSeconds(4), Minute).Mean);
    }

    [Fact]
    public void Average_SamplesOlderThanTheWindow_DoNotCount()
    {
        var window = new SampleWindow(30);
        window.Add(Start, 100);
        window.Add(Start.AddSeconds(50), 2);

        Assert.Equal(2, window.Average(Start.AddSeconds(60), Minute).Mean);
        Assert.Null(window.Average(Start.AddSeconds(120), Minute).Mean);
    }
}
