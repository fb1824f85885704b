using System.Collections.Concurrent;
using Hearth.Testing;
using Microsoft.Extensions.Logging;

namespace Hearth.Worker.Tests;

public sealed class WorkerServerTests
{
    [OnnxRuntimeFact]
    public async Task Ready_Always_HasRehearsedWithoutAFault()
    {
        using var logs = new CapturedLogs();
        await using var worker = await TestWorker.StartAsync(logs: logs);

        await worker.Server.Ready.WaitAsync(TimeSpan.FromMinutes(1));

        Assert.Contains(logs.Lines, line => line.Contains("ONNX Runtime", StringComparison.Ordinal));
        Assert.DoesNotContain(logs.Lines, line => line.Contains("rehearsal", StringComparison.OrdinalIgnoreCase));
    }

    private sealed class CapturedLogs : ILoggerFactory, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
