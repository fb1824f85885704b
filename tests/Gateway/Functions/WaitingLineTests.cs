using Hearth.Gateway.Functions;

namespace Hearth.Gateway.Tests.Functions;

public sealed class WaitingLineTests
{
    [Fact]
    public void TakeNext_MixedPriorities_HigherFirstAndThenByArrival()
    {
        var line = new WaitingLine();
        foreach (var (arrived, priority) in new[] { (1, Priority.Low), (2, Priority.Normal), (3, Priority.High), (4, Priority.Normal), (5, Priority.High) })
            Add(line, arrived, priority);

        Assert.Equal([3, 5, 2, 4, 1], TakeAll(line));
    }

    [Fact]
    public void Add_OneThatComesBack_GoesBeforeThoseThatArrivedLater()
    {
        var line = new WaitingLine();
        foreach (var arrived in new[] { 2, 3, 1, 4 })
            Add(line, arrived, Priority.Normal);

        Assert.Equal([1, 2, 3, 4], TakeAll(line));
    }

    [Fact]
    public void TakeNext_LastingFloodOfHigherOnes_GivesTheLowerOnesTheirShare()
    {
        var line = new WaitingLine();
        var turns = new List<Priority>();
        for (var i = 0; i < 400; i++)
            Add(line, i, Priority.Normal + ((i % 3) - 1));
        for (var i = 0; i < 160; i++)
        {
            Add(line, 1000 + i, Priority.High);
            turns.Add(line.TakeNext().Terms.Priority);
        }

        for (var i = 0; i + WaitingLine.LowShare <= turns.Count; i++)
            Assert.Contains(Priority.Low, turns.Skip(i).Take(WaitingLine.LowShare));
        // Low's turn may fall on what would have been normal's.
        for (var i = 0; i + WaitingLine.NormalShare + 1 <= turns.Count; i++)
            Assert.Contains(Priority.Normal, turns.Skip(i).Take(WaitingLine.NormalShare + 1));
        Assert.True(turns.Count(turn => turn == Priority.High) > turns.Count / 2);
    }

    [Fact]
    public void Ahead_EachPriority_IsWhoGoesFirst()
    {
        var line = new WaitingLine();
        for (var i = 0; i < 90; i++)
            Add(line, i, Priority.Normal + ((i % 3) - 1));

        Assert.Equal(30, Ahead(Priority.High));
        Assert.Equal(60, Ahead(Priority.Normal));
        Assert.Equal(90, Ahead(Priority.Low));
        Assert.Equal(0, line.Ahead(new(-1, TimeSpan.Zero, Priority.High)));

        int Ahead(Priority priority) => line.Ahead(new(1000, TimeSpan.Zero, priority));
    }

    [Fact]
    public void Ahead_OnlyHigherOnesWait_IsBoundedByTheShare()
    {
        var line = new WaitingLine();
        for (var i = 0; i < 100; i++)
            Add(line, i, Priority.High);

        Assert.Equal(WaitingLine.LowShare - 1, line.Ahead(new(1000, TimeSpan.Zero, Priority.Low)));
        Assert.Equal(WaitingLine.NormalShare - 1, line.Ahead(new(1000, TimeSpan.Zero)));
    }

    [Fact]
    public void LastBelow_SomeWait_IsTheLatestOfTheLowest()
    {
        var line = new WaitingLine();
        foreach (var (arrived, priority) in new[] { (1, Priority.Normal), (2, Priority.Low), (3, Priority.Low), (4, Priority.High) })
            Add(line, arrived, priority);

        Assert.Equal(3, line.LastBelow(Priority.High)!.Terms.Arrived);
        Assert.Equal(3, line.Last!.Terms.Arrived);
        Assert.Null(line.LastBelow(Priority.Low));
    }

    private static void Add(WaitingLine line, long arrived, Priority priority) => line.Add(new(new(arrived, TimeSpan.FromHours(1), priority), 0));

    private static IEnumerable<long> TakeAll(WaitingLine line)
    {
        while (line.Count > 0)
            yield return line.TakeNext().Terms.Arrived;
    }
}
