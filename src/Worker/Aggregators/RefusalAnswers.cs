using Hearth.Federation.Protocol;
using Microsoft.AspNetCore.Http;

namespace Hearth.Worker.Aggregators;

/// <summary>What each refusal is over HTTP.</summary>
internal static class RefusalAnswers
{
    /// <summary>Status and error code.</summary>
    public static (int Status, string Code) Of(RefusalKind kind) => kind switch
    {
        RefusalKind.InvalidRequest => (StatusCodes.Status400BadRequest, ErrorCodes.Request),
        RefusalKind.UnknownClient => (StatusCodes.Status404NotFound, ErrorCodes.UnknownClient),
        RefusalKind.UnknownRound => (StatusCodes.Status404NotFound, ErrorCodes.UnknownRound),
        RefusalKind.UnknownModel => (StatusCodes.Status404NotFound, ErrorCodes.UnknownModel),
        RefusalKind.NotSelected => (StatusCodes.Status409Conflict, ErrorCodes.NotSelected),
        RefusalKind.OtherUpdate => (StatusCodes.Status409Conflict, ErrorCodes.OtherUpdate),
        RefusalKind.RoundClosed => (StatusCodes.Status410Gone, ErrorCodes.RoundClosed),
        RefusalKind.DigestMismatch => (StatusCodes.Status422UnprocessableEntity, ErrorCodes.Digest),
        RefusalKind.InvalidUpdate => (StatusCodes.Status422UnprocessableEntity, ErrorCodes.Update),
        RefusalKind.TooLarge => (StatusCodes.Status413PayloadTooLarge, ErrorCodes.TooLarge),
        RefusalKind.Incomplete => (StatusCodes.Status503ServiceUnavailable, ErrorCodes.Incomplete),
        RefusalKind.TooManyClients => (StatusCodes.Status429TooManyRequests, ErrorCodes.Clients),
        RefusalKind.Unavailable => (StatusCodes.Status503ServiceUnavailable, ErrorCodes.Unavailable),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
}
