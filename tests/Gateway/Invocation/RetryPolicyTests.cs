using Hearth.Gateway.Forwarding;
using Hearth.Gateway.Invocation;

namespace Hearth.Gateway.Tests.Invocation;

public sealed class RetryPolicyTests
{
    [Theory]
    [InlineData(ForwardStatus.Refused, "POST", true, 1000, true)]
    [InlineData(ForwardStatus.Refused, "GET", false, 1, false)]
    [InlineData(ForwardStatus.DialFailed, "POST", true, 1, true)]
    [InlineData(ForwardStatus.DialFailed, "POST", true, 8, false)]
    [InlineData(ForwardStatus.DialFailed, "POST", false, 1, false)]
    [InlineData(ForwardStatus.Broken, "GET", true, 1, true)]
    [InlineData(ForwardStatus.Broken, "PUT", true, 2, true)]
    [InlineData(ForwardStatus.Broken, "DELETE", true, 3, false)]
    [InlineData(ForwardStatus.Broken, "POST", true, 1, false)]
    [InlineData(ForwardStatus.Broken, "PATCH", true, 1, false)]
    [InlineData(ForwardStatus.Broken, "PUT", false, 1, false)]
    [InlineData(ForwardStatus.InvalidAnswer, "GET", true, 1, false)]
    [InlineData(ForwardStatus.AnswerBroken, "GET", true, 1, false)]
    [InlineData(ForwardStatus.BodyFailed, "GET", true, 1, false)]
    [InlineData(ForwardStatus.Cancelled, "GET", true, 1, false)]
    [InlineData(ForwardStatus.Answered, "GET", true, 1, false)]
    public void ShouldRetry_EachSituation_IsDecided(object status, string method, bool canReplay, int attempt, bool expected) =>
        Assert.Equal(expected, RetryPolicy.ShouldRetry((ForwardStatus)status, method, canReplay, attempt));
}
