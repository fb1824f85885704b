using System.Net;

namespace Hearth.Cli.Demos.Serving;

/// <summary>A function, or the gateway before it, answered with an error.</summary>
internal sealed class FunctionException(HttpStatusCode status, string message) : CommandException(message)
{
    /// <summary>Status of the answer.</summary>
    public HttpStatusCode Status { get; } = status;
}
