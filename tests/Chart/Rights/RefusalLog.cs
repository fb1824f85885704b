using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Hearth.Chart.Tests.Rights;

/// <summary>Keeps what is logged of calls that were refused for want of a right.</summary>
internal sealed class RefusalLog : ILoggerProvider, ILogger
{
    public ConcurrentQueue<string> Refusals { get; } = [];

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var text = $"{formatter(state, exception)} {exception?.Message}";
        if (text.Contains("RBAC rule", StringComparison.Ordinal))
            Refusals.Enqueue(text);
    }

    public void Dispose()
    {
    }
}
