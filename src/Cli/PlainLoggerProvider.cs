using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Hearth.Cli;

/// <summary>One line for each entry, written at once. For a worker, whose start waits for no formatters, options and container.</summary>
internal sealed class PlainLoggerProvider(TextWriter output, TimeProvider time) : ILoggerProvider
{
    private readonly Lock _lock = new();

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new PlainLogger(this, categoryName);

    /// <inheritdoc/>
    public void Dispose() => output.Flush();

    private void Write(LogLevel level, string category, EventId id, string message, Exception? exception)
    {
        var name = level switch
        {
            LogLevel.Trace => "trce",
            LogLevel.Debug => "dbug",
            LogLevel.Information => "info",
            LogLevel.Warning => "warn",
            LogLevel.Error => "fail",
            _ => "crit",
        };
        var line = string.Create(CultureInfo.InvariantCulture, $"{time.GetLocalNow():HH:mm:ss.fff} {name}: {category}[{id.Id}] {message}");
        lock (_lock)
            output.WriteLine(exception is null ? line : $"{line} {exception}");
    }

    private sealed class PlainLogger(PlainLoggerProvider provider, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            provider.Write(logLevel, category, eventId, formatter(state, exception), exception);
    }
}
