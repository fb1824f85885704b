using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Api.Workers;
using Hearth.Testing;

namespace Hearth.Activation.Tests;

public sealed class WorkerChoiceTests
{
    private const string Artifact = "0123456789abcdef";
    private const string Other = "fedcba9876543210";

    private readonly FakeInformer<V1Pod> _pods = new();

    [Fact]
    public void Rank_NodeHoldsTheArtifact_ItsWorkersComeFirstHoweverFewTheyAre()
    {
        var choice = Choose();
        // The one that told serves; its idle neighbour, which never fetched anything, shares its cache.
        Add(new MakeWorker("teller").OnNode("b").SharesCache().Claimed("fn", DateTimeOffset.UnixEpoch).Told(5, Other, Artifact));
        var neighbour = Add(new MakeWorker("neighbour").Ready().OnNode("b").SharesCache());
        var crowd = Enumerable.Range(0, 5).Select(i => Add(new MakeWorker($"crowd-{i}").Ready().OnNode("a").SharesCache().Told(9, Other))).ToArray();

        Assert.Equal("neighbour", choice.Rank([.. crowd, neighbour], Artifact)[0].Name());
        Assert.NotEqual("neighbour", choice.Rank([.. crowd, neighbour], null)[0].Name());
        Assert.Equal(6, choice.Rank([.. crowd, neighbour], Artifact).Count);
    }

    [Fact]
    public void Rank_ArtifactWasEvictedSince_TheLatestReportCounts()
    {
        var choice = Choose();
        var evicted = Add(new MakeWorker("early").Ready().OnNode("a").SharesCache().Told(5, Artifact));
        Add(new MakeWorker("late").OnNode("a").SharesCache().Told(10, Other));
        var crowd = Enumerable.Range(0, 2).Select(i => Add(new MakeWorker($"crowd-{i}").Ready().OnNode("b").SharesCache())).ToArray();

        Assert.NotEqual("early", choice.Rank([evicted, .. crowd], Artifact)[0].Name());
        Assert.Empty(choice.NodesWith(Artifact));
    }

    [Fact]
    public void Rank_CachesOfTheirOwn_OnlyTheWorkerThatHoldsItIsPreferred()
    {
        var choice = Choose();
        var holder = Add(new MakeWorker("holder").Ready().OnNode("a").Told(5, Artifact));
        var others = Enumerable.Range(0, 4).Select(i => Add(new MakeWorker($"other-{i}").Ready().OnNode("a"))).ToArray();

        Assert.Equal("holder", choice.Rank([.. others, holder], Artifact)[0].Name());
        Assert.Empty(choice.NodesWith(Artifact));
    }

    [Fact]
    public void Rank_WorkerHasTheModelLoaded_ComesBeforeThoseWhoseNodeHoldsIt()
    {
        var choice = Choose();
        var loaded = Add(new MakeWorker("loaded").Ready().OnNode("a").ToldLoaded(5, Artifact, Other));
        var holders = Enumerable.Range(0, 4).Select(i => Add(new MakeWorker($"holder-{i}").Ready().OnNode("b").Told(5, Artifact))).ToArray();

        Assert.Equal("loaded", choice.Rank([.. holders, loaded], Artifact, Other)[0].Name());
        Assert.NotEqual("loaded", choice.Rank([.. holders, loaded], Artifact)[0].Name());
        Assert.Empty(choice.NodesWith(Other));
    }

    [Fact]
    public void Rank_NobodyHoldsIt_TheCallersZoneComesFirst()
    {
        var choice = Choose("z1");
        var near = Add(new MakeWorker("near").Ready().OnNode("a", "z1"));
        var far = Enumerable.Range(0, 3).Select(i => Add(new MakeWorker($"far-{i}").Ready().OnNode("b", "z2"))).ToArray();

        Assert.Equal("near", choice.Rank([.. far, near], Artifact)[0].Name());
        Assert.NotEqual("near", Choose("", new()).Rank([.. far, near], Artifact)[0].Name());
    }

    [Fact]
    public void NodesWith_SeveralNodes_AreEachNamedOnce()
    {
        var choice = Choose();
        foreach (var (name, node) in new[] { ("p", "b"), ("q", "b"), ("r", "a") })
            Add(new MakeWorker(name).OnNode(node).SharesCache().Told(5, Artifact));
        Add(new MakeWorker("s").OnNode("c").SharesCache().Told(5, Other));

        Assert.Equal(["a", "b"], choice.NodesWith(Artifact));
        Assert.Empty(choice.NodesWith(null));
    }

    [Theory]
    [InlineData("http://models/m.onnx", null, true)]
    [InlineData("s3://bucket/m.onnx", null, true)]
    [InlineData("file:///models/m.onnx", "aa", false)]
    [InlineData("pvc://claim/m.onnx", "aa", false)]
    [InlineData("no uri", null, false)]
    public void KeyOf_Model_IsThereWhereACacheCanHoldIt(string uri, string? digest, bool expected) =>
        Assert.Equal(expected, ArtifactKey.Of(new() { Uri = uri, Sha256 = digest }) is not null);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("0123456789abcdef")]
    [InlineData(" 0123456789abcdef")]
    public void TimeOf_TextThatIsNoReport_IsZero(string? text) => Assert.Equal(0, ArtifactReport.TimeOf(text));

    private WorkerChoice Choose(string? zone = null, FakeInformer<V1Pod>? pods = null) => new(pods ?? _pods, zone, new Random(1));

    private V1Pod Add(MakeWorker worker)
    {
        var pod = worker.Build();
        _pods.Set(pod);
        return pod;
    }
}
