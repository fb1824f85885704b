using Hearth.Cli.Local.Nodes;

namespace Hearth.Cli.Tests.Local.Nodes;

public sealed class ProcessGuardTests
{
    [Fact]
    public async Task DisposeAsync_ProcessStillRuns_EndsItAndRemovesTheDirectories()
    {
        var directory = Path.Combine(Path.GetTempPath(), $"hearth-guard-{Guid.NewGuid():N}");
        var further = Directory.CreateTempSubdirectory("hearth-further-").FullName;
        var guard = ProcessGuard.Start(directory, further, directory + "-that-was-never-made");
        var log = Path.Combine(directory, "log");
        using var process = ContainerProcess.Start(
            new(["sh", "-c", "sleep 1000 & echo up; wait"], new Dictionary<string, string>(), directory), Path.Combine(guard.PidDirectory, "a.pid"), log);
        await Files.WaitForTextAsync(log, "up");

        await guard.DisposeAsync();

        await Processes.WaitUntilGoneAsync(process.Id);
        Assert.False(Directory.Exists(directory));
        Assert.False(Directory.Exists(further));
    }
}
