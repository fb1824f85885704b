using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Hearth.Cli;

/// <summary>Logs of a process, on standard error: what a command answers is alone on standard output.</summary>
internal static class Logs
{
    /// <summary>One JSON object a line.</summary>
    public const string Json = "json";

    /// <summary>One line for people.</summary>
    public const string Text = "text";

    /// <summary>Makes loggers that cost a starting process next to nothing.</summary>
    public static ILoggerFactory CreatePlain() => new LoggerFactory(
        [new PlainLoggerProvider(Console.Error, TimeProvider.System)],
        new LoggerFilterOptions { MinLevel = LogLevel.Information, Rules = { new(null, "Microsoft", LogLevel.Warning, null) } });

    /// <summary>Makes the loggers.</summary>
    public static ILoggerFactory Create(string format, LogLevel level) => LoggerFactory.Create(logging =>
    {
        logging.SetMinimumLevel(level).AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        // Each request is no news, nor is Kestrel's advice to use TLS where there is none.
        if (level > LogLevel.Debug)
            logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Error);
        if (format == Json)
            logging.AddJsonConsole(json => json.IncludeScopes = true);
        else
            logging.AddSimpleConsole(text =>
                (text.SingleLine, text.ColorBehavior, text.TimestampFormat) = (true, LoggerColorBehavior.Disabled, "HH:mm:ss.fff "));
    });
}
