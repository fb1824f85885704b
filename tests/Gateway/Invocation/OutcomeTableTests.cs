using Hearth.Gateway.Invocation;

namespace Hearth.Gateway.Tests.Invocation;

public sealed class OutcomeTableTests
{
    public static TheoryData<object, int, string, bool> Rows => new()
    {
        { Outcome.Answered, 200, "", false },
        { Outcome.NoTarget, 404, "ERR_DIRECT_INVOKE", false },
        { Outcome.InvalidTarget, 400, "ERR_DIRECT_INVOKE", false },
        { Outcome.NoMethod, 400, "ERR_DIRECT_INVOKE", false },
        { Outcome.InvalidTerms, 400, "ERR_DIRECT_INVOKE", false },
        { Outcome.Unauthorized, 401, "ERR_UNAUTHORIZED", false },
        { Outcome.FunctionNotFound, 404, "ERR_DIRECT_INVOKE", false },
        { Outcome.RevisionNotFound, 404, "ERR_DIRECT_INVOKE", false },
        { Outcome.PoolNotFound, 404, "ERR_DIRECT_INVOKE", false },
        { Outcome.Suspended, 409, "ERR_FUNCTION_SUSPENDED", false },
        { Outcome.QueueFull, 429, "ERR_OVERLOADED", true },
        { Outcome.DeadlineUnreachable, 503, "ERR_OVERLOADED", true },
        { Outcome.GatewayFull, 503, "ERR_OVERLOADED", true },
        { Outcome.ActivationFailed, 502, "ERR_ACTIVATION_FAILED", false },
        { Outcome.Timeout, 504, "ERR_TIMEOUT", false },
        { Outcome.WorkerFailed, 502, "ERR_DIRECT_INVOKE", false },
        { Outcome.AnswerBroken, 502, "ERR_DIRECT_INVOKE", false },
        { Outcome.BodyTooLarge, 413, "ERR_BODY_TOO_LARGE", false },
        { Outcome.InvalidBody, 400, "ERR_DIRECT_INVOKE", false },
        { Outcome.CallerGone, 499, "", false },
        { Outcome.FederationNotFound, 404, "ERR_FEDERATION_NOT_FOUND", false },
        { Outcome.FederationSuspended, 409, "ERR_FEDERATION_SUSPENDED", false },
        { Outcome.FederationFinished, 410, "ERR_FEDERATION_FINISHED", false },
        { Outcome.FederationFailed, 503, "ERR_FEDERATION_FAILED", true },
        { Outcome.NoAggregator, 503, "ERR_FEDERATION_UNAVAILABLE", true },
        { Outcome.NoRoute, 404, "ERR_FEDERATION_ROUTE", false },
        { Outcome.OtherClient, 403, "ERR_FEDERATION_OTHER_CLIENT", false },
        { Outcome.TokensUnavailable, 503, "ERR_FEDERATION_UNAVAILABLE", true },
        { Outcome.QuotaExceeded, 429, "ERR_FEDERATION_QUOTA", true },
        { Outcome.BodyTooSlow, 408, "ERR_TIMEOUT", false },
        { Outcome.InternalError, 500, "ERR_DIRECT_INVOKE", false },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void For_EachOutcome_GivesStatusAndCode(object outcome, int status, string errorCode, bool retryAfter) =>
        Assert.Equal((status, errorCode, retryAfter), OutcomeTable.For((Outcome)outcome));

    [Fact]
    public void Rows_Always_CoverEveryOutcome() =>
        Assert.Equal(Enum.GetValues<Outcome>().ToHashSet(), Rows.Select(row => (Outcome)row[0]).ToHashSet());
}
