namespace Hearth.Cli;

/// <summary>A command cannot go on; the message is for the user and says what to do.</summary>
internal class CommandException(string message, int exitCode = ExitCodes.Failure) : Exception(message)
{
    /// <summary>What the process ends with.</summary>
    public int ExitCode { get; } = exitCode;
}
