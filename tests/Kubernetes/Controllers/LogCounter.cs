using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Hearth.Kubernetes.Tests.Controllers;

/// <summary>Keeps levels and scopes of what was logged.</summary>
internal sealed class LogCounter : ILogger
{
    private readonly ConcurrentQueue<LogLevel> _levels = new();
    private readonly ConcurrentQueue<string> _scopes = new();

    public IEnumerable<string> Scopes => _scopes;

    public int Count(LogLevel level) => _levels.Count(l => l == level);

    public IDisposable BeginScope<TState>(TState state)
        where TState : notnull
    {
        _scopes.Enqueue(state.ToString()!);
        return new MemoryStream();
    }

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _levels.Enqueue(logLevel);
}
