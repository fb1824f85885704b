using System.Diagnostics;

namespace Hearth.Cli.Local.Nodes;

/// <summary>One run of a container: a process that leads a session of its own, so that all it starts can be ended with it.</summary>
internal sealed class ContainerProcess : IDisposable
{
    // The shell records the process id before it becomes the program, so that whoever finds the file can end the whole session.
    private const string Launcher = """echo $$ > "$1"; exec >> "$2" 2>&1 < /dev/null; shift 2; exec "$@" """;

    private readonly Process _process;
    private readonly string _pidFile;

    private ContainerProcess(Process process, string pidFile)
    {
        _process = process;
        _pidFile = pidFile;
    }

    /// <summary>Id of the process, its process group and its session.</summary>
    public int Id => _process.Id;

    /// <summary>Starts <paramref name="command"/> with its output appended to <paramref name="logFile"/>.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">The launcher (<c>setsid</c> of util-linux) or the working directory is not there.</exception>
    public static ContainerProcess Start(ContainerCommand command, string pidFile, string logFile)
    {
        var start = new ProcessStartInfo("setsid", ["sh", "-c", Launcher, "sh", pidFile, logFile, .. command.Arguments])
        {
            WorkingDirectory = command.WorkingDirectory,
        };
        foreach (var (name, value) in command.Environment)
            start.Environment[name] = value;
        return new(Process.Start(start)!, pidFile);
    }

    /// <summary>Completes with the exit code, 128 + n after signal n, once the process and all it started are gone.</summary>
    public async Task<int> WaitAsync()
    {
        await _process.WaitForExitAsync();
        Signals.Kill(-Id);
        File.Delete(_pidFile);
        return _process.ExitCode;
    }

    /// <summary>Asks the process to end. What it started is left to it, as in a container, until it is gone.</summary>
    public void Terminate() => Signals.Terminate(Id);

    /// <summary>Ends the process and all it started.</summary>
    public void Kill() => Signals.Kill(-Id);

    /// <inheritdoc/>
    public void Dispose() => _process.Dispose();
}
