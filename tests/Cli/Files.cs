using System.Threading.Channels;

namespace Hearth.Cli.Tests;

/// <summary>Waits for what other processes do to files, as the file system tells it.</summary>
internal static class Files
{
    private static readonly TimeSpan Generous = TimeSpan.FromSeconds(60);

    /// <summary>Completes once the file holds the text. Its directory must be there.</summary>
    public static Task WaitForTextAsync(string path, string text) => WaitAsync(
        Path.GetDirectoryName(path)!, () => File.Exists(path) && File.ReadAllText(path).Contains(text, StringComparison.Ordinal), $"\"{text}\" in {path}");

    /// <summary>Completes once a directory, whose parent stays, is gone.</summary>
    public static Task WaitUntilGoneAsync(string directory) =>
        WaitAsync(Path.GetDirectoryName(directory)!, () => !Directory.Exists(directory), $"the end of {directory}");

    private static async Task WaitAsync(string directory, Func<bool> condition, string what)
    {
        var changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        using var watcher = new FileSystemWatcher(directory);
        watcher.Created += (_, _) => changes.Writer.TryWrite(true);
        watcher.Changed += (_, _) => changes.Writer.TryWrite(true);
        watcher.Deleted += (_, _) => changes.Writer.TryWrite(true);
        // More happened than the kernel keeps.
        watcher.Error += (_, _) => changes.Writer.TryWrite(true);
        watcher.EnableRaisingEvents = true;
        using var limit = new CancellationTokenSource(Generous);
        try
        {
            while (!condition())
                await changes.Reader.ReadAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"Waited {Generous} for {what}.");
        }
    }
}
