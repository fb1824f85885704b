using System.Diagnostics;

namespace Hearth.Cli.Local.Nodes;

/// <summary>
/// A shell in a session of its own that outlives this process by a moment: when the pipe to it closes, for whatever reason and be it
/// <c>kill -9</c>, it ends every process whose id lies in <see cref="PidDirectory"/> and removes the directories it guards.
/// </summary>
internal sealed class ProcessGuard : IAsyncDisposable
{
    // Two passes: a process started in the last moment may write its id after the first.
    private const string Script = """
        trap '' HUP INT TERM
        exec > /dev/null 2>&1
        cat
        for pass in 1 2; do
          for file in "$1"/run/*.pid; do [ -s "$file" ] && kill -9 "-$(cat "$file")"; done
          [ $pass = 1 ] && [ -n "$(ls "$1/run")" ] && sleep 0.2
        done
        rm -rf "$@"
        """;

    private readonly Process _process;

    private ProcessGuard(Process process, string pidDirectory)
    {
        _process = process;
        PidDirectory = pidDirectory;
    }

    /// <summary>Holds one file for each process, named <c>*.pid</c>, with the id of a process that leads its session.</summary>
    public string PidDirectory { get; }

    /// <summary>Starts to guard a directory.</summary>
    /// <param name="directory">Is made if it is not there.</param>
    /// <param name="further">Are removed with it, should they be there by then.</param>
    public static ProcessGuard Start(string directory, params IReadOnlyList<string> further)
    {
        var run = Directory.CreateDirectory(Path.Combine(directory, "run")).FullName;
        var start = new ProcessStartInfo("setsid", ["sh", "-c", Script, "hearth-guard", directory, .. further])
        {
            RedirectStandardInput = true,
            WorkingDirectory = "/",
        };
        return new(Process.Start(start)!, run);
    }

    /// <summary>Ends what still runs and removes the directory.</summary>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
