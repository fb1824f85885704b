using Hearth.Cli.Local.Nodes;

namespace Hearth.Cli.Tests.Local.Nodes;

public sealed class ContainerProcessTests : IDisposable
{
    private static readonly TimeSpan Generous = TimeSpan.FromSeconds(30);
    private readonly string _directory = Directory.CreateTempSubdirectory("hearth-process-").FullName;

    private string Log => Path.Combine(_directory, "log");

    private string PidFile => Path.Combine(_directory, "pid");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Start_OfACommand_GivesItArgumentsEnvironmentAndDirectory()
    {
        using var process = Start("""echo "$0 $GREETING"; pwd; echo problem >&2""", new() { ["GREETING"] = "hello world" });

        Assert.Equal(0, await process.WaitAsync().WaitAsync(Generous));
        Assert.Equal($"name hello world\n{_directory}\nproblem\n", await File.ReadAllTextAsync(Log));
    }

    [Theory]
    [InlineData("exit 3", 3)]
    [InlineData("kill -9 $$", 137)]
    public async Task WaitAsync_OfAnEndedProcess_GivesItsExitCode(string script, int expected)
    {
        using var process = Start(script);

        Assert.Equal(expected, await process.WaitAsync().WaitAsync(Generous));
        Assert.False(File.Exists(PidFile));
    }

    [Fact]
    public async Task WaitAsync_ProcessLeftChildrenBehind_EndsThemToo()
    {
        using var process = Start("sleep 1000 & echo $!");
        await process.WaitAsync().WaitAsync(Generous);

        var child = int.Parse(await File.ReadAllTextAsync(Log), System.Globalization.CultureInfo.InvariantCulture);
        await Processes.WaitUntilGoneAsync(child);
    }

    [Fact]
    public async Task Terminate_OfAProgramThatHandlesIt_LetsItEndByItself()
    {
        using var process = Start("""trap 'echo bye; exit 5' TERM; echo up; while :; do sleep 0.05; done""");
        await Files.WaitForTextAsync(Log, "up");

        process.Terminate();

        Assert.Equal(5, await process.WaitAsync().WaitAsync(Generous));
        Assert.Contains("bye", await File.ReadAllTextAsync(Log), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kill_OfAProgramThatIgnoresTerminate_EndsIt()
    {
        using var process = Start("trap '' TERM; echo up; while :; do sleep 0.05; done");
        await Files.WaitForTextAsync(Log, "up");
        process.Terminate();

        process.Kill();

        Assert.Equal(137, await process.WaitAsync().WaitAsync(Generous));
    }

    [Fact]
    public async Task Start_ProgramThatIsNotThere_SaysSoInItsLog()
    {
        using var process = ContainerProcess.Start(new(["/no/such/program"], new Dictionary<string, string>(), _directory), PidFile, Log);

        Assert.Equal(127, await process.WaitAsync().WaitAsync(Generous));
        Assert.Contains("/no/such/program", await File.ReadAllTextAsync(Log), StringComparison.Ordinal);
    }

    private ContainerProcess Start(string script, Dictionary<string, string>? environment = null) =>
        ContainerProcess.Start(new(["sh", "-c", script, "name"], environment ?? [], _directory), PidFile, Log);
}
