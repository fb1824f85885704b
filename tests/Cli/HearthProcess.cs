using System.Diagnostics;
using Hearth.Cli.Local.Nodes;

namespace Hearth.Cli.Tests;

/// <summary><c>hearth</c> as a process of its own.</summary>
internal sealed class HearthProcess : IDisposable
{
    private static readonly TimeSpan Generous = TimeSpan.FromSeconds(60);
    private readonly Process _process;

    public HearthProcess(params string[] arguments)
    {
        var command = HearthExecutable.Command.Concat(arguments).ToList();
        _process = Process.Start(new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardOutput = true, RedirectStandardError = true })!;
    }

    /// <summary>Completes once a line of standard output holds the text.</summary>
    public async Task WaitForOutputAsync(string text)
    {
        using var timeout = new CancellationTokenSource(Generous);
        while (await _process.StandardOutput.ReadLineAsync(timeout.Token) is { } line)
        {
            if (line.Contains(text, StringComparison.Ordinal))
                return;
        }
        throw new InvalidOperationException($"hearth ended without \"{text}\": {await _process.StandardError.ReadToEndAsync(timeout.Token)}");
    }

    /// <summary>Ends the process as <c>kill -9</c> does.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(Generous);
    }

    /// <summary>Asks the process to end, as Ctrl-C does in the end too, and gives its exit code.</summary>
    public async Task<int> TerminateAsync()
    {
        Signals.Terminate(_process.Id);
        await _process.WaitForExitAsync().WaitAsync(Generous);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }
}
