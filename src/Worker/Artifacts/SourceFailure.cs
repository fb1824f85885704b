using System.Net;
using System.Net.Sockets;

namespace Hearth.Worker.Artifacts;

/// <summary>Says what went wrong between an artifact's source and this machine, and what to do.</summary>
internal static class SourceFailure
{
    /// <summary>The server answered, but not with the artifact.</summary>
    /// <param name="uri">What was asked for.</param>
    /// <param name="status">The answer.</param>
    /// <param name="said">What the server said about it, if anything.</param>
    /// <param name="access">What to do where the answer is that it may not be read.</param>
    /// <param name="inner">What the client threw.</param>
    public static AssignmentException Refused(
        Uri uri, HttpStatusCode status, string said = "", string access = "Use a URI that needs no credentials, or a signed one.", Exception? inner = null)
    {
        var what = $"'{ArtifactUri.Display(uri)}' answered {(int)status} {(said.Length > 0 ? said : status)}";
        return status switch
        {
            HttpStatusCode.NotFound or HttpStatusCode.Gone => AssignmentException.NotFound($"{what}. Check the URI.", inner),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => AssignmentException.Unavailable($"{what}. {access}", retriable: false, inner),
            HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError =>
                AssignmentException.Unavailable($"{what}. It may pass; the assignment can be tried again.", retriable: true, inner),
            >= HttpStatusCode.Ambiguous and < HttpStatusCode.BadRequest => AssignmentException.Unavailable(
                $"{what} after following redirects: they go round in a circle, or from https to http. Name the place where they should end.", retriable: false, inner),
            _ => AssignmentException.Unavailable($"{what}, where 200 with the artifact was expected.", retriable: false, inner),
        };
    }

    /// <summary>No answer came.</summary>
    public static AssignmentException Unreachable(Uri uri, Exception error)
    {
        var what = $"'{ArtifactUri.Display(uri)}' cannot be reached";
        return error switch
        {
            HttpRequestException { InnerException: SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData } } =>
                AssignmentException.NotFound($"{what}: the name '{uri.IdnHost}' does not resolve. Check the URI.", error),
            HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } =>
                AssignmentException.Unavailable($"{what}: the name '{uri.IdnHost}' does not resolve now.", retriable: true, error),
            HttpRequestException { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused } } =>
                AssignmentException.Unavailable($"{what}: {uri.Authority} refuses connections. Check that the server runs and the port is right.", retriable: true, error),
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => AssignmentException.Unavailable(
                $"{what}: no secure connection: {error.InnerException?.Message ?? error.Message}", retriable: false, error),
            _ => AssignmentException.Unavailable($"{what}: {error.InnerException?.Message ?? error.Message}", retriable: true, error),
        };
    }

    /// <summary>Too little came, for too long.</summary>
    public static AssignmentException Stalled(Uri uri, TimeSpan patience, long received, Exception inner) => AssignmentException.Unavailable(
        received == 0
            ? $"'{ArtifactUri.Display(uri)}' sent nothing for {patience.TotalSeconds:0} s."
            : $"'{ArtifactUri.Display(uri)}' sent {received} bytes in {patience.TotalSeconds:0} s, too few to go on.",
        retriable: true,
        inner);

    /// <summary>The body ended too early.</summary>
    public static AssignmentException BrokeOff(Uri uri, string how, Exception? inner) =>
        AssignmentException.Unavailable($"'{ArtifactUri.Display(uri)}' broke off: {how}", retriable: true, inner);
}
