namespace Hearth.Cli;

/// <summary>Exit codes of <c>hearth</c>.</summary>
internal static class ExitCodes
{
    /// <summary>Done, or stopped as asked (SIGINT, SIGTERM).</summary>
    public const int Success = 0;

    /// <summary>Something went wrong; the last line of standard error says what.</summary>
    public const int Failure = 1;

    /// <summary>The command line is not understood.</summary>
    public const int Usage = 2;

    /// <summary>The API server or the gateway does not answer.</summary>
    public const int Unavailable = 3;
}
