using System.CommandLine;

namespace Hearth.Cli.Commands;

/// <summary>Short ways to write options.</summary>
internal static class Flag
{
    /// <summary>An option that may be left out.</summary>
    public static Option<T> Of<T>(string name, string description, string? helpName = null) =>
        new(name) { Description = description, HelpName = helpName };

    /// <summary>An option with a default, which the help shows.</summary>
    public static Option<T> With<T>(string name, string description, T value, string? helpName = null) =>
        new(name) { Description = description, HelpName = helpName, DefaultValueFactory = _ => value };
}
