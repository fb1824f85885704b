using System.Text;
using Hearth.Cli.Local.Nodes;

namespace Hearth.Cli.Tests.Local.Nodes;

public sealed class ContainerLogTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("hearth-log-").FullName;

    private string Log => Path.Combine(_directory, "c-0.log");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(null, "one\ntwo\nthree\n")]
    [InlineData(0L, "")]
    [InlineData(1L, "three\n")]
    [InlineData(2L, "two\nthree\n")]
    [InlineData(99L, "one\ntwo\nthree\n")]
    public async Task CopyAsync_TailLines_GivesTheLastOnes(long? lines, string expected)
    {
        await File.WriteAllTextAsync(Log, "one\ntwo\nthree\n");

        Assert.Equal(expected, await ReadAsync(lines));
    }

    [Fact]
    public async Task CopyAsync_LastLineUnfinished_CountsAsALine()
    {
        await File.WriteAllTextAsync(Log, "one\ntwo\nthr");

        Assert.Equal("two\nthr", await ReadAsync(2));
    }

    [Fact]
    public async Task CopyAsync_TailOverSeveralBlocks_FindsTheLine()
    {
        var lines = Enumerable.Range(0, 50_000).Select(i => $"line {i}");
        await File.WriteAllTextAsync(Log, string.Join('\n', lines) + "\n");

        var tail = await ReadAsync(20_000);

        Assert.StartsWith("line 30000\n", tail, StringComparison.Ordinal);
        Assert.EndsWith("line 49999\n", tail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CopyAsync_WhileTheRunIsOpen_GivesWhatIsAppended()
    {
        await File.WriteAllTextAsync(Log, "one\n");
        using var target = new MemoryStream();
        var asked = 0;

        await ContainerLog.CopyAsync(Log, null, Follow, target, TimeProvider.System, CancellationToken.None);

        Assert.Equal("one\ntwo\n", Encoding.UTF8.GetString(target.ToArray()));

        bool Follow()
        {
            if (asked++ == 1)
                File.AppendAllText(Log, "two\n");
            return asked < 3;
        }
    }

    [Fact]
    public async Task Cut_LogBeyondTheLimit_KeepsWhatItHeldReadable()
    {
        await File.WriteAllTextAsync(Log, "before\n");
        ContainerLog.Cut(Log, maxBytes: 5);
        await File.AppendAllTextAsync(Log, "after\n");
        ContainerLog.Cut(Log, maxBytes: 100);

        Assert.Equal("before\nafter\n", await ReadAsync(null));
        Assert.Equal(6, new FileInfo(Log).Length);
    }

    private async Task<string> ReadAsync(long? tailLines)
    {
        using var target = new MemoryStream();
        await ContainerLog.CopyAsync(Log, tailLines, () => false, target, TimeProvider.System, CancellationToken.None);
        return Encoding.UTF8.GetString(target.ToArray());
    }
}
