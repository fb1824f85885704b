using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Hearth.Integration.Tests;

/// <summary>A real <c>hearth</c> process: the executable that users run, its output, and the signals that end it.</summary>
internal sealed partial class HearthProcess : IAsyncDisposable
{
    /// <summary>Longest wait for anything a process is expected to say or do; only a failing test takes so long.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly Process _process;
    private readonly List<string> _lines = [];
    private readonly List<(Regex Pattern, TaskCompletionSource<Match> Seen)> _awaited = [];
    private readonly Lock _lock = new();

    private HearthProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, e) => Add(e.Data);
        process.ErrorDataReceived += (_, e) => Add(e.Data);
    }

    /// <summary>The executable built with this test project.</summary>
    public static string Executable { get; } = Path.Combine(AppContext.BaseDirectory, "hearth");

    public int Id => _process.Id;

    public int ExitCode => _process.ExitCode;

    /// <summary>Everything the process wrote so far, for messages of failing tests.</summary>
    public string Output
    {
        get
        {
            lock (_lock) return string.Join('\n', _lines);
        }
    }

    public static HearthProcess Start(params string[] arguments) => StartProgram(Executable, arguments);

    public static HearthProcess StartProgram(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        var process = new HearthProcess(new Process { StartInfo = start, EnableRaisingEvents = true });
        process._process.Start();
        process._process.BeginOutputReadLine();
        process._process.BeginErrorReadLine();
        return process;
    }

    /// <summary>Completes when a line, written already or later, matches.</summary>
    /// <exception cref="TimeoutException">It did not come; the message holds the output.</exception>
    public async Task<Match> WaitForLineAsync([StringSyntax(StringSyntaxAttribute.Regex)] string pattern)
    {
        var regex = new Regex(pattern);
        var seen = new TaskCompletionSource<Match>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            foreach (var line in _lines)
            {
                if (regex.Match(line) is { Success: true } match)
                    return match;
            }
            _awaited.Add((regex, seen));
        }
        var exited = _process.WaitForExitAsync();
        try
        {
            await Task.WhenAny(seen.Task, exited).WaitAsync(Patience).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"no line matched \"{pattern}\" within {Patience}:\n{Output}");
        }
        return seen.Task.IsCompletedSuccessfully
            ? await seen.Task
            : throw new InvalidOperationException($"the process ended with {_process.ExitCode} before a line matched \"{pattern}\":\n{Output}");
    }

    /// <summary>Waits for the end and returns the exit code.</summary>
    public async Task<int> WaitForExitAsync(TimeSpan? patience = null)
    {
        try
        {
            await _process.WaitForExitAsync().WaitAsync(patience ?? Patience);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"the process did not end:\n{Output}", e);
        }
        return _process.ExitCode;
    }

    /// <summary>What a crash looks like: SIGKILL, no chance to clean up.</summary>
    public void Crash() => Signal(9);

    /// <summary>What Ctrl-C sends.</summary>
    public void Interrupt() => Signal(2);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            Interrupt();
            try
            {
                await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
            }
            catch (TimeoutException)
            {
                Crash();
                await _process.WaitForExitAsync();
            }
        }
        _process.Dispose();
    }

    /// <summary>Sends a signal to any process, for example a worker found by its pod.</summary>
    public static void Signal(int pid, int signal)
    {
        if (Kill(pid, signal) != 0)
            throw new InvalidOperationException($"kill -{signal} {pid} failed with errno {Marshal.GetLastPInvokeError()}");
    }

    private void Signal(int signal) => Signal(_process.Id, signal);

    private void Add(string? line)
    {
        if (line is null) return;
        lock (_lock)
        {
            _lines.Add(line);
            foreach (var (pattern, seen) in _awaited)
            {
                if (pattern.Match(line) is { Success: true } match)
                    seen.TrySetResult(match);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);
}
