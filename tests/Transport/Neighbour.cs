using System.Diagnostics;
using System.Globalization;

namespace Hearth.Transport.Tests;

/// <summary>Another process of the node, that does what it is told and can be killed at any moment.</summary>
internal sealed class Neighbour : IAsyncDisposable
{
    public const string Command = "neighbour";

    private static readonly TimeSpan Generous = TimeSpan.FromSeconds(60);
    private readonly Process _process;

    public Neighbour(string folder, string owner, long budget)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Neighbour).Assembly.Location, Command, folder, owner, budget.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        _process = Process.Start(start)!;
    }

    /// <summary>Has it do something, and gives its answer.</summary>
    public async Task<string> DoAsync(string command)
    {
        await _process.StandardInput.WriteLineAsync(command);
        await _process.StandardInput.FlushAsync();
        return await _process.StandardOutput.ReadLineAsync().WaitAsync(Generous) ?? throw new InvalidOperationException($"the neighbour ended at \"{command}\"");
    }

    /// <summary>Ends it as <c>kill -9</c> does.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(Generous);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
    }
}
