using Hearth.Api.Gateways;
using Hearth.Kubernetes.Controllers;
using Hearth.Operator.Gateways;
using Hearth.Policies.Scaling;
using Hearth.Testing;

namespace Hearth.Operator.Tests.Gateways;

public sealed class FederationActivityTests
{
    private static readonly ObjectKey Key = new("default", "fa");

    private readonly ManualTimeProvider _time = new();
    private readonly FederationActivity _activity;

    public FederationActivityTests() => _activity = new(_time);

    [Fact]
    public void IdleFor_NoGatewayHasSpoken_IsNotKnown() => Assert.Null(_activity.IdleFor(Key));

    [Fact]
    public void IdleFor_NeverAskedFor_CountsFromTheFirstReport()
    {
        _activity.Record([Report("a")]);
        _time.Advance(TimeSpan.FromSeconds(9));

        Assert.Equal(TimeSpan.FromSeconds(9), _activity.IdleFor(Key));
    }

    [Fact]
    public void Record_AClientAsks_IsNamedAndNotIdle()
    {
        Assert.Equal([Key], _activity.Record([Report("a", 0), Report("b", 2)]));
        Assert.True(_activity.IsAsking(Key));
        Assert.Equal(TimeSpan.Zero, _activity.IdleFor(Key));
    }

    [Fact]
    public void Record_TheClientHasLeft_CountsFromThen()
    {
        _activity.Record([Report("a", 1)]);
        _time.Advance(TimeSpan.FromSeconds(20));

        Assert.Empty(_activity.Record([Report("a", 0, TimeSpan.FromSeconds(5))]));

        Assert.Equal((false, TimeSpan.FromSeconds(5)), (_activity.IsAsking(Key), _activity.IdleFor(Key)));
    }

    [Fact]
    public void Record_OneGatewayIsSilent_NothingIsKnown()
    {
        _activity.Record([Report("a"), Report("b")]);
        _time.Advance(TimeSpan.FromSeconds(20));
        _activity.Record([Report("a"), new GatewayReport("b", null)]);
        Assert.Null(_activity.IdleFor(Key));

        _activity.Record([Report("a"), Report("b")]);

        Assert.Equal(TimeSpan.Zero, _activity.IdleFor(Key));
    }

    [Fact]
    public void Record_GatewayWasStartedAnew_KnowsStillWhenItLastAsked()
    {
        _activity.Record([Report("a")]);
        _time.Advance(TimeSpan.FromSeconds(20));
        _activity.Record([Report("a", 1)]);
        _time.Advance(TimeSpan.FromSeconds(20));

        _activity.Record([Report("a")]);

        Assert.Equal(TimeSpan.FromSeconds(20), _activity.IdleFor(Key));
    }

    private GatewayReport Report(string gateway, int? concurrency = null, TimeSpan idle = default)
    {
        // Its clock is an hour ahead.
        var now = _time.GetUtcNow() + TimeSpan.FromHours(1);
        return new(gateway, new()
        {
            Gateway = gateway,
            Time = now,
            Federations = concurrency is { } number ? [new FederationLoad { Namespace = "default", Name = "fa", Concurrency = number, LastActive = now - idle }] : [],
        });
    }
}
