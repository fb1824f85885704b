namespace Hearth.Transport.Tests.Shares;

/// <summary>Real processes, killed at every step.</summary>
public sealed class NeighbourTests : IDisposable
{
    private const int Page = ShareFolder.Page;
    private readonly ShareFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Owner_KilledWhileWriting_LeavesNothing(int steps)
    {
        await using var neighbour = _folder.Start("them");
        await PlayAsync(neighbour, steps, "create x 65536", "write 3");
        var us = _folder.Open("us");
        Assert.Equal(16 * Page, us.Used);
        var draft = us.CreateAsync("y", Page, default);
        Assert.False(draft.IsCompleted);
        await neighbour.KillAsync();
        using var served = await draft.WaitAsync(ShareFolder.Generous);
        Assert.Equal(Page, us.Used);
        Assert.Empty(us.Adopt("them"));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Owner_KilledAfterSealing_LeavesTheObject(int steps)
    {
        await using var neighbour = _folder.Start("them");
        await PlayAsync(neighbour, steps, "create x 5000", "write 3", "seal", "close");
        await neighbour.KillAsync();
        var us = _folder.Open("us");
        using (var before = us.Open("them", "x"))
        {
            us.Adopt("them");
            using var after = us.Open("us", "x");
            Assert.Equal(5000 * 3, after.Buffer.AsSpan().ToArray().Sum(value => value));
            Assert.Equal(before.Buffer.AsSpan(), after.Buffer.AsSpan());
        }
        Assert.Equal(2 * Page, us.Used);
        Assert.Single(us.Owners());
    }

    [Fact]
    public async Task Owner_KilledAfterRemoving_GivesTheMemoryToWhoWaits()
    {
        await using var neighbour = _folder.Start("them");
        await PlayAsync(neighbour, 3, "create x 65536", "seal", "remove x");
        var us = _folder.Open("us");
        var draft = us.CreateAsync("y", 16 * Page, default);
        await neighbour.KillAsync();
        using var served = await draft.WaitAsync(ShareFolder.Generous);
    }

    [Fact]
    public async Task Reader_Killed_LetsTheRemovedObjectsMemoryGo()
    {
        var us = _folder.Open("us");
        using (var draft = await us.CreateAsync("x", 16 * Page, default))
        {
            draft.Buffer.AsSpan().Fill(1);
            draft.Seal().Dispose();
        }
        await using var neighbour = _folder.Start("them");
        Assert.Equal($"sum {16 * Page}", await neighbour.DoAsync("open us x"));
        us.Remove("x");
        var next = us.CreateAsync("y", Page, default);
        Assert.Equal(16 * Page, us.Used);
        await neighbour.KillAsync();
        using var served = await next.WaitAsync(ShareFolder.Generous);
    }

    [Fact]
    public async Task Waiter_Killed_LetsTheNextOneIn()
    {
        var us = _folder.Open("us");
        using var first = await us.CreateAsync("first", 8 * Page, default);
        await using var neighbour = _folder.Start("them");
        await PlayAsync(neighbour, 1, $"wait x {12 * Page}");
        var next = us.CreateAsync("y", Page, default);
        Assert.False(next.IsCompleted);
        await neighbour.KillAsync();
        using var served = await next.WaitAsync(ShareFolder.Generous);
    }

    [Fact]
    public async Task Neighbour_ReleasingMemory_WakesWhoWaits()
    {
        var us = _folder.Open("us");
        await using var neighbour = _folder.Start("them");
        await PlayAsync(neighbour, 3, "create x 65536", "seal", "close");
        var next = us.CreateAsync("y", Page, default);
        Assert.False(next.IsCompleted);
        Assert.Equal("removed True", await neighbour.DoAsync("remove x"));
        using var served = await next.WaitAsync(ShareFolder.Generous);
    }

    private static async Task PlayAsync(Neighbour neighbour, int steps, params string[] commands)
    {
        foreach (var command in commands.Take(steps))
            Assert.DoesNotContain(":", await neighbour.DoAsync(command), StringComparison.Ordinal);
    }
}
