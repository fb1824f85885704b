using FsCheck;
using FsCheck.Fluent;
using Hearth.Api.InferenceFunctions;
using Hearth.Policies.KeepAlive;

namespace Hearth.Policies.Tests.KeepAlive;

public sealed class LearntIdleTimesTests
{
    [Theory]
    [InlineData(KeepAlivePolicy.Histogram)]
    [InlineData(KeepAlivePolicy.Adaptive)]
    public void Restore_WhatWasSaved_DecidesAsBeforeAndSavesTheSame(KeepAlivePolicy policy) => Prop.ForAll(
        Gen.Choose(1, 60_000).ListOf().ToArbitrary(),
        tenths =>
        {
            var before = new KeepAliveFleet(new());
            foreach (var tenth in tenths)
                before.RecordIdle("f", 1, TimeSpan.FromSeconds(tenth / 10.0));
            // Some are so short that nothing of them is left in the text.
            before.RecordColdStart("f", TimeSpan.FromSeconds(tenths.Count % 3));
            var spec = new KeepAliveSpec { Policy = policy, Duration = TimeSpan.FromMinutes(5) };

            var after = new KeepAliveFleet(new());
            after.Restore("f", before.Save("f")!);

            Assert.Equal(before.Save("f"), after.Save("f"));
            var (expected, actual) = (before.Decide("f", spec, 1), after.Decide("f", spec, 1));
            // The fleet's prior fades otherwise, and weights lose digits: the best bin may be the next one.
            Assert.InRange(actual.Duration.TotalSeconds, expected.Duration.TotalSeconds / 1.22, (expected.Duration.TotalSeconds * 1.22) + 0.2);
            Assert.Equal(expected.Note, actual.Note);
        }).Check(Config.QuickThrowOnFailure.WithEndSize(200));

    [Fact]
    public void Save_NothingLearnt_IsNothing()
    {
        var fleet = new KeepAliveFleet(new());
        fleet.RecordLoad("f", DateTimeOffset.UnixEpoch, 1, 1);

        Assert.Null(fleet.Save("f"));
        Assert.Null(fleet.Save("another"));
    }

    [Fact]
    public void Save_AfterALongLife_IsShort()
    {
        var fleet = new KeepAliveFleet(new());
        var chance = new Random(1);
        for (var i = 0; i < 100_000; i++)
            fleet.RecordIdle("f", 1, TimeSpan.FromSeconds(Math.Pow(10, chance.NextDouble() * 7) / 10));

        Assert.InRange(fleet.Save("f")!.Length, 100, 6000);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("i5=NaN,6=-1,999=1,x=1,=1,7= m300=1,-1=2 o-3 fx c=1 c5")]
    [InlineData("i1=1e300 m1=1e300 o1e300")]
    public void Restore_TextThatIsNone_BeginsWithNothing(string text)
    {
        var fleet = new KeepAliveFleet(new());

        fleet.Restore("f", text);

        Assert.Null(fleet.Save("f"));
        fleet.RecordIdle("f", 1, TimeSpan.FromMinutes(2.5));
        Assert.Equal("i77=1 m2=1 f150", fleet.Save("f"));
    }

    [Fact]
    public void Restore_WhereSomethingIsKnown_ChangesNothing()
    {
        var fleet = new KeepAliveFleet(new());
        fleet.RecordIdle("f", 1, TimeSpan.FromMinutes(2.5));

        fleet.Restore("f", "i3=100 m1=100");

        Assert.Equal("i77=1 m2=1 f150", fleet.Save("f"));
    }
}
