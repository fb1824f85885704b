using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Operator.Workers;
using Hearth.Testing;

namespace Hearth.Operator.Tests.Workers;

public sealed class WorkerCacheTests
{
    private readonly FakeInformer<V1Pod> _informer = new();
    private readonly ManualTimeProvider _time = new();
    private readonly WorkerCache _cache;

    public WorkerCacheTests() => _cache = new(_informer, _time);

    [Fact]
    public void OfOwner_ClaimNotSeenYet_IsThere()
    {
        _informer.Set(Idle("a", 1));

        _cache.Remember(Claimed("a", 2));

        Assert.Equal(["a"], Names(_cache.OfOwner(HearthLabels.Function, "default", "fn")));
        Assert.Equal("2", Assert.Single(_cache.OfPool("default", "default")).Metadata.ResourceVersion);
    }

    [Fact]
    public void OfOwner_InformerIsAhead_ShowsTheInformersCopy()
    {
        _cache.Remember(Claimed("a", 2));

        _informer.Set(Idle("a", 3));

        Assert.Empty(_cache.OfOwner(HearthLabels.Function, "default", "fn"));
        Assert.Equal("3", Assert.Single(_cache.OfPool("default", "default")).Metadata.ResourceVersion);
    }

    [Fact]
    public void OfPool_CreatedPodNotSeenYet_IsThereForAWhile()
    {
        _cache.Remember(Idle("a", 1));
        Assert.Equal(["a"], Names(_cache.OfPool("default", "default")));

        _time.Advance(TimeSpan.FromSeconds(30));

        Assert.Empty(_cache.OfPool("default", "default"));
    }

    [Fact]
    public void OfPool_SeenAndDeleted_IsGone()
    {
        _cache.Remember(Idle("a", 1));
        _informer.Set(Idle("a", 1));
        Assert.Single(_cache.OfPool("default", "default"));

        _informer.Remove(Idle("a", 1));

        Assert.Empty(_cache.OfPool("default", "default"));
    }

    [Fact]
    public void OfPool_SeenAndDeletedBetweenTwoReads_IsGone()
    {
        _cache.Remember(Idle("a", 1));
        _informer.Set(Idle("a", 1));
        _informer.Remove(Idle("a", 1));

        Assert.Empty(_cache.OfPool("default", "default"));
    }

    [Fact]
    public void OfPool_AnswerToAWriteComesAfterTheEnd_IsGone()
    {
        _informer.Set(Idle("a", 1));
        _informer.Remove(Idle("a", 1));

        _cache.Remember(Claimed("a", 2));

        Assert.Empty(_cache.OfPool("default", "default"));
    }

    [Fact]
    public void OfPool_NameTakenByAnotherPod_ShowsThatOne()
    {
        _cache.Remember(Claimed("a", 5));

        var other = Idle("a", 3);
        other.Metadata.Uid = "other";
        _informer.Set(other);

        Assert.Equal("other", Assert.Single(_cache.OfPool("default", "default")).Uid());
    }

    private static V1Pod Idle(string name, int version) => Versioned(new MakeWorker(name), version);

    private static V1Pod Claimed(string name, int version) => Versioned(new MakeWorker(name).Claimed("fn", DateTimeOffset.UnixEpoch), version);

    private static V1Pod Versioned(MakeWorker worker, int version)
    {
        var pod = worker.Build();
        pod.Metadata.ResourceVersion = $"{version}";
        return pod;
    }

    private static IEnumerable<string> Names(IEnumerable<V1Pod> pods) => pods.Select(p => p.Name());
}
