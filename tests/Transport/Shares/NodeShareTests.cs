using Hearth.Testing;
using Hearth.Transport.Shares;

namespace Hearth.Transport.Tests.Shares;

public sealed class NodeShareTests : IDisposable
{
    private const int Page = ShareFolder.Page;
    private readonly ShareFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Seal_ByOneOwner_ShowsAnotherTheSameBytes()
    {
        var (a, b) = (_folder.Open("a"), _folder.Open("b"));
        using var draft = await a.CreateAsync("x", 3 * Page + 5, default);
        draft.Buffer.AsSpan().Fill(7);
        using var mine = draft.Seal();
        using var theirs = b.Open("a", "x");
        Assert.Equal(3 * Page + 5, theirs.Length);
        Assert.Equal(mine.Buffer.AsSpan(), theirs.Buffer.AsSpan());
        Assert.All(theirs.Buffer.AsSpan().ToArray(), value => Assert.Equal(7, value));
        Assert.Equal([new ShareEntry("a", "x", 3 * Page + 5)], b.List("a"));
        Assert.Equal(4 * Page, b.Used);
    }

    [Fact]
    public async Task Seal_OfAPart_GivesTheRestBack()
    {
        var a = _folder.Open("a");
        using var draft = await a.CreateAsync("x", 8 * Page, default);
        draft.Buffer.AsSpan(0, 10).Fill(1);
        using var sealedObject = draft.Seal(10);
        Assert.Equal(10, sealedObject.Buffer.Length);
        Assert.Equal(Page, a.Used);
        Assert.Throws<ObjectDisposedException>(() => draft.Seal());
    }

    [Fact]
    public async Task Create_InMemoryThatIsUsedAgain_MapsNothingAnew()
    {
        var (a, b) = (_folder.Open("a"), _folder.Open("b"));
        var first = await a.CreateAsync("x", 3 * Page, default);
        var address = first.Buffer.Address;
        first.Seal().Dispose();
        using (var read = a.Open("a", "x"))
            Assert.Equal(address, read.Buffer.Address);
        a.Remove("x");

        using var second = await a.CreateAsync("y", 3 * Page, default);
        Assert.Equal(address, second.Buffer.Address);
        second.Buffer.AsSpan().Fill(3);
        using var mine = second.Seal();

        using var theirs = b.Open("a", "y");
        Assert.All(theirs.Buffer.AsSpan().ToArray(), value => Assert.Equal(3, value));
        Assert.Equal(3 * Page, a.Used);
    }

    [Fact]
    public async Task TryReopen_WithoutReaders_IsADraftAgainUntilSealed()
    {
        var (a, b) = (_folder.Open("a"), _folder.Open("b"));
        var used = a.Used;
        var mine = (await a.CreateAsync("x", Page, default)).Seal();

        using var draft = a.TryReopen(mine)!;
        Assert.Equal(ShareFault.NotFound, Assert.Throws<ShareException>(() => b.Open("a", "x")).Fault);
        draft.Buffer.AsSpan().Fill(9);
        using var again = draft.Seal();

        using var theirs = b.Open("a", "x");
        Assert.All(theirs.Buffer.AsSpan().ToArray(), value => Assert.Equal(9, value));
        Assert.Equal(used + Page, a.Used);
    }

    [Fact]
    public async Task TryReopen_WhileANeighbourReads_LeavesItAsItIs()
    {
        var (a, b) = (_folder.Open("a"), _folder.Open("b"));
        using var mine = (await a.CreateAsync("x", Page, default)).Seal();
        using (b.Open("a", "x"))
            Assert.Null(a.TryReopen(mine));

        using var theirs = b.Open("a", "x");
        Assert.Throws<ArgumentException>(() => b.TryReopen(theirs));
    }

    [Fact]
    public async Task TryReopen_OfAnObjectThatWasOpened_IsRefusedAndLeavesItAsItIs()
    {
        var (a, b) = (_folder.Open("a"), _folder.Open("b"));
        (await a.CreateAsync("x", Page, default)).Seal().Dispose();
        using var opened = a.Open("a", "x");

        var e = Assert.Throws<ArgumentException>(() => a.TryReopen(opened));

        Assert.StartsWith("Object \"a/x\" was opened, which is to read it", e.Message, StringComparison.Ordinal);
        Assert.All(opened.Buffer.AsSpan().ToArray(), value => Assert.Equal(0, value));
        // As before, neighbours find it, and its owner can remove it.
        b.Open("a", "x").Dispose();
        Assert.True(a.Remove("x"));
    }

    [Fact]
    public async Task Open_OfADraft_IsNotFound()
    {
        var (a, b) = (_folder.Open("a"), _folder.Open("b"));
        using var draft = await a.CreateAsync("x", Page, default);
        var error = Assert.Throws<ShareException>(() => b.Open("a", "x"));
        Assert.Equal(ShareFault.NotFound, error.Fault);
        Assert.Contains("\"a/x\"", error.Message, StringComparison.Ordinal);
        Assert.Equal(ShareFault.BadName, Assert.Throws<ShareException>(() => b.Open("a", ".draft-x")).Fault);
        Assert.Empty(b.List("a"));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("a\0b")]
    [InlineData(".owner")]
    [InlineData("ä")]
    public async Task Name_ThatIsNone_IsRefused(string name)
    {
        var a = _folder.Open("a");
        Assert.Equal(ShareFault.BadName, (await Assert.ThrowsAsync<ShareException>(() => a.CreateAsync(name, 1, default))).Fault);
        Assert.Equal(ShareFault.BadName, Assert.Throws<ShareException>(() => a.Open("a", name)).Fault);
        Assert.Equal(ShareFault.BadName, Assert.Throws<ShareException>(() => a.Open(name, "x")).Fault);
        Assert.Equal(ShareFault.BadName, Assert.Throws<ShareException>(() => _folder.Open(name)).Fault);
        Assert.Equal(ShareFault.BadName, Assert.Throws<ShareException>(() => a.Remove(name)).Fault);
        Assert.Equal(ShareFault.BadName, Assert.Throws<ShareException>(() => a.Adopt(name)).Fault);
    }

    [Fact]
    public async Task Name_TooLong_IsRefusedAndTheLongestIsNot()
    {
        var a = _folder.Open("a");
        await Assert.ThrowsAsync<ShareException>(() => a.CreateAsync(new string('n', 201), 1, default));
        using var draft = await a.CreateAsync(new string('n', 200), 0, default);
        using var longest = draft.Seal();
        Assert.Equal(0, longest.Length);
    }

    [Fact]
    public async Task Create_OfANameThatIsTaken_IsRefused()
    {
        var a = _folder.Open("a");
        using (var draft = await a.CreateAsync("x", Page, default))
            Assert.Equal(ShareFault.Exists, (await Assert.ThrowsAsync<ShareException>(() => a.CreateAsync("x", Page, default))).Fault);
        Assert.Equal(0, a.Used);
        using var again = await a.CreateAsync("x", Page, default);
        using var sealedObject = again.Seal();
        Assert.Equal(ShareFault.Exists, (await Assert.ThrowsAsync<ShareException>(() => a.CreateAsync("x", Page, default))).Fault);
        Assert.Equal(Page, a.Used);
    }

    [Fact]
    public async Task Create_BeyondTheBudget_IsRefusedAtOnce()
    {
        var a = _folder.Open("a", pages: 2);
        Assert.Equal(ShareFault.TooLarge, (await Assert.ThrowsAsync<ShareException>(() => a.CreateAsync("x", 2 * Page + 1, default))).Fault);
        Assert.Equal(ShareFault.TooLarge, (await Assert.ThrowsAsync<ShareException>(() => a.CreateAsync("x", long.MaxValue, default))).Fault);
    }

    [Fact]
    public async Task Create_WhereTheFileSystemIsFull_SaysSoAndTakesNothing()
    {
        var a = _folder.Open("a", pages: 1L << 40);
        if (a.FileSystem != "tmpfs")
            return;
        var error = await Assert.ThrowsAsync<ShareException>(() => a.CreateAsync("x", 1L << 50, default));
        Assert.Equal(ShareFault.OutOfMemory, error.Fault);
        Assert.Equal(0, a.Used);
        Assert.Equal([".owner"], Directory.GetFiles(Path.Combine(_folder.Path, "a")).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Create_WhenTheBudgetIsTaken_WaitsForItInOrder()
    {
        var (a, b) = (_folder.Open("a", pages: 4), _folder.Open("b", pages: 4));
        var first = await a.CreateAsync("first", 4 * Page, default);
        var large = b.CreateAsync("large", 3 * Page, default);
        var small = a.CreateAsync("small", Page, default);
        var last = b.CreateAsync("last", Page, default);
        Assert.False(large.IsCompleted || small.IsCompleted || last.IsCompleted);
        // Three pages are free, and the small ones, which came later, may not take them.
        using (var part = first.Seal(Page))
        {
            using var served = await large.WaitAsync(ShareFolder.Generous);
            Assert.False(small.IsCompleted || last.IsCompleted);
        }
        using var second = await small.WaitAsync(ShareFolder.Generous);
        using var third = await last.WaitAsync(ShareFolder.Generous);
        Assert.Equal(3 * Page, a.Used);
    }

    [Fact]
    public async Task Create_Cancelled_LetsTheNextOneIn()
    {
        var (a, b) = (_folder.Open("a", pages: 4), _folder.Open("b", pages: 4));
        using var first = await a.CreateAsync("first", 2 * Page, default);
        using var stop = new CancellationTokenSource();
        var large = a.CreateAsync("large", 3 * Page, stop.Token);
        var small = b.CreateAsync("small", Page, default);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => large);
        using var served = await small.WaitAsync(ShareFolder.Generous);
        Assert.Empty(Directory.GetFiles(Path.Combine(_folder.Path, ".queue")));
    }

    [Fact]
    public async Task Create_WaitingWhenTheShareIsClosed_IsTold()
    {
        var a = _folder.Open("a", pages: 1);
        using var first = await a.CreateAsync("first", Page, default);
        var second = a.CreateAsync("second", Page, default);
        a.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => second.WaitAsync(ShareFolder.Generous));
    }

    [Fact]
    public async Task Remove_WhileAReaderHasIt_FreesItsMemoryAfterTheReader()
    {
        var (a, b) = (_folder.Open("a", pages: 2), _folder.Open("b", pages: 2));
        (await SealAsync(a, "x", 2, 5)).Dispose();
        var reader = b.Open("a", "x");
        Assert.True(a.Remove("x"));
        Assert.False(a.Remove("x"));
        Assert.Equal(ShareFault.NotFound, Assert.Throws<ShareException>(() => b.Open("a", "x")).Fault);
        Assert.Equal(2 * Page, b.Used);
        var next = a.CreateAsync("x", Page, default);
        Assert.False(next.IsCompleted);
        Assert.All(reader.Buffer.AsSpan().ToArray(), value => Assert.Equal(5, value));
        reader.Dispose();
        using var served = await next.WaitAsync(ShareFolder.Generous);
        Assert.Equal(Page, a.Used);
    }

    [Fact]
    public async Task Open_AsAnOwnerThatLives_IsRefusedWithItsProcess()
    {
        var a = _folder.Open("a");
        var error = Assert.Throws<ShareException>(() => _folder.Open("a"));
        Assert.Equal(ShareFault.OwnerInUse, error.Fault);
        Assert.Contains($"pid {Environment.ProcessId}", error.Message, StringComparison.Ordinal);
        Assert.Equal(ShareFault.OwnerInUse, Assert.Throws<ShareException>(() => _folder.Open("b").Adopt("a")).Fault);
        (await SealAsync(a, "x", 1, 1)).Dispose();
        a.Dispose();
        var again = _folder.Open("a");
        Assert.Equal(Page, again.Used);
        again.Open("a", "x").Dispose();
    }

    [Fact]
    public async Task Adopt_OfAClosedOwner_TakesItsObjectsAndTheirReadersKeepThem()
    {
        var (a, b) = (_folder.Open("a"), _folder.Open("b"));
        (await SealAsync(a, "x", 1, 1)).Dispose();
        (await SealAsync(a, "y", 1, 2)).Dispose();
        (await SealAsync(b, "y", 1, 3)).Dispose();
        using var reader = b.Open("a", "y");
        a.Dispose();
        Assert.Equal([new ShareEntry("b", "x", Page)], b.Adopt("a"));
        Assert.Equal([new ShareEntry("b", "x", Page), new ShareEntry("b", "y", Page)], b.List("b"));
        Assert.Equal(2, reader.Buffer.AsSpan()[0]);
        using var own = b.Open("b", "y");
        Assert.Equal(3, own.Buffer.AsSpan()[0]);
        Assert.Empty(b.Adopt("nobody"));
    }

    [Fact]
    public async Task DeadOwner_AfterItsGrace_GivesItsMemoryToWhoWaits()
    {
        var clock = new ManualTimeProvider();
        var (a, b) = (_folder.Open("a", pages: 2), _folder.Open("b", pages: 2, clock));
        (await SealAsync(a, "x", 2, 1)).Dispose();
        a.Dispose();
        b.Sweep();
        Assert.NotNull(b.Owners().Single(owner => owner.Name == "a").DeadSince);
        clock.Advance(TimeSpan.FromMinutes(14));
        b.Sweep();
        Assert.Single(b.List("a"));
        clock.Advance(TimeSpan.FromMinutes(1));
        using var served = await b.CreateAsync("y", Page, default).WaitAsync(ShareFolder.Generous);
        Assert.Equal(["b"], b.Owners().Select(owner => owner.Name));
    }

    [Fact]
    public void Open_InAFolderThatEveryoneMayWrite_IsRefused()
    {
        Directory.CreateDirectory(_folder.Path);
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)0b111_111_111);
        Assert.Equal(ShareFault.BadFolder, Assert.Throws<ShareException>(() => _folder.Open("a")).Fault);
    }

    [Fact]
    public void Open_WhereAFileIs_IsRefused()
    {
        File.WriteAllText(_folder.Path, "");
        Assert.Equal(ShareFault.BadFolder, Assert.Throws<ShareException>(() => _folder.Open("a")).Fault);
        File.Delete(_folder.Path);
        Directory.CreateDirectory(_folder.Path);
    }

    private static async Task<ShareObject> SealAsync(NodeShare share, string name, int pages, byte value)
    {
        using var draft = await share.CreateAsync(name, pages * Page, default);
        draft.Buffer.AsSpan().Fill(value);
        return draft.Seal();
    }
}
