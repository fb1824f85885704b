using Hearth.Gateway.Activations;
using Hearth.Kubernetes.Controllers;

namespace Hearth.Gateway.Tests.Activations;

public sealed class IdleWaitersTests
{
    private static readonly ObjectKey Pool = new("ns", "pool");

    private readonly IdleWaiters _waiters = new();

    [Fact]
    public void OnIdle_SeveralWait_WakesThoseWithTheFewestWorkersOneByOne()
    {
        var places = new[] { 2, 0, 1, 0 }.Select(has => _waiters.Join(Pool, has)).ToArray();

        Assert.Equal(["", "1", "13", "123", "0123", "0123"], Enumerable.Range(0, 6).Select(i =>
        {
            if (i > 0)
                _waiters.OnIdle(Pool);
            return Woken(places);
        }));
    }

    [Fact]
    public void OnIdle_AnotherPool_WakesNobody()
    {
        using var place = _waiters.Join(Pool, 0);

        _waiters.OnIdle(new("ns", "other"));

        Assert.False(place.Woken.IsCompleted);
    }

    [Fact]
    public void Dispose_WokenButNotNeeded_WakesTheNext()
    {
        var first = _waiters.Join(Pool, 0);
        var second = _waiters.Join(Pool, 0);
        _waiters.OnIdle(Pool);
        Assert.False(second.Woken.IsCompleted);

        first.Dispose();

        Assert.True(second.Woken.IsCompleted);
    }

    [Fact]
    public void Dispose_TookItsWorker_WakesNobody()
    {
        var first = _waiters.Join(Pool, 0);
        var second = _waiters.Join(Pool, 0);
        _waiters.OnIdle(Pool);
        first.Rearm();

        first.Dispose();

        Assert.False(second.Woken.IsCompleted);
    }

    private static string Woken(IdleWaiters.Place[] places) =>
        string.Concat(places.Select((place, i) => place.Woken.IsCompleted ? $"{i}" : ""));
}
