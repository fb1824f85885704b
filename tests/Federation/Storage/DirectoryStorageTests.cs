using Hearth.Federation.Storage;
using Hearth.Testing;

namespace Hearth.Federation.Tests.Storage;

/// <summary>The real disk.</summary>
public sealed class DirectoryStorageTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("hearth-federation-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Federation_OnARealDirectory_EndsAndIsFoundAgain()
    {
        var storage = new DirectoryStorage(Path.Combine(_root, "a", "b"), TimeProvider.System);
        var format = new TinyFormat();
        using (var aggregator = await Make.OpenAsync(storage, new ManualTimeProvider(), Make.Options(rounds: 1, max: 2), format))
        {
            await Play.RoundAsync(aggregator, 1, ("a", Make.Update(1), 3), ("b", Make.Update(2), 5));
            await aggregator.StopAsync();
        }

        using var again = await Make.OpenAsync(storage, new ManualTimeProvider(), Make.Options(rounds: 1, max: 2), format);

        Assert.Equal((1, 2L, 1), (again.Progress.ModelVersion, again.Progress.Folded, format.Created));
        var weights = Directory.GetFiles(Path.Combine(_root, "a", "b"), "weights-*").Single();
        Assert.Equal(Make.Average([(Make.Update(1), 3), (Make.Update(2), 5)]), Make.Values(await File.ReadAllBytesAsync(weights)));
    }

    [Fact]
    public async Task Lock_HeldElsewhere_WaitsForIt()
    {
        var storage = new DirectoryStorage(_root, TimeProvider.System);
        var held = await storage.LockAsync(CancellationToken.None);

        var waiting = new DirectoryStorage(_root, TimeProvider.System).LockAsync(CancellationToken.None).AsTask();
        Assert.False(waiting.IsCompleted);
        held.Dispose();

        (await waiting).Dispose();
    }

    [Fact]
    public async Task Lock_HeldForTooLong_SaysSo()
    {
        var time = new ManualTimeProvider();
        var storage = new DirectoryStorage(_root, time);
        using var held = await storage.LockAsync(CancellationToken.None);

        var waiting = storage.LockAsync(CancellationToken.None).AsTask();
        for (var i = 0; i < 40; i++)
        {
            if (waiting.IsCompleted)
                break;
            await Task.WhenAny(waiting, time.WaitForTimerAsync(TimeSpan.FromSeconds(1)));
            time.Advance(TimeSpan.FromSeconds(1));
        }

        var e = await Assert.ThrowsAsync<IOException>(() => waiting);
        Assert.Contains("aggregator.lock' has been locked by another process for 30 s", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SyncFolder_ThatIsNotThere_SaysSo()
    {
        var e = Assert.Throws<IOException>(() => new DirectoryStorage(_root, TimeProvider.System).SyncFolder("none"));

        Assert.Contains("none' cannot be opened: No such file or directory", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_NotThere_AreNone()
    {
        var storage = new DirectoryStorage(Path.Combine(_root, "none"), TimeProvider.System);

        Assert.False(storage.Exists("x/y"));
        Assert.Empty(storage.ListFiles("x"));
        Assert.Empty(storage.ListFolders(""));
        storage.Delete("x/y");
        Assert.Throws<FileNotFoundException>(() => storage.OpenRead("x/y"));
    }
}
