using Hearth.Api.InferenceFunctions;
using Hearth.Api.Workers;
using Hearth.Compute;
using Hearth.Worker.Models;

namespace Hearth.Worker.Tests.Models;

public sealed class ResidentModelsTests
{
    [Fact]
    public void Take_WhatWasKept_GivesItOnce()
    {
        using var residents = new ResidentModels(100);
        var model = Make("a", 10);
        residents.Keep(model);

        Assert.Same(model, residents.Take(model.Key, model.Uri));
        Assert.Null(residents.Take(model.Key, model.Uri));
        Assert.Equal(0, residents.Bytes);
        Assert.False(Unloaded(model));
    }

    [Fact]
    public void Keep_BeyondTheBudget_UnloadsWhatWasNotUsedForLongest()
    {
        using var residents = new ResidentModels(100);
        var (a, b, c) = (Make("a", 40), Make("b", 40), Make("c", 40));
        residents.Keep(a);
        residents.Keep(b);
        residents.Keep(residents.Take(a.Key, a.Uri)!);

        residents.Keep(c);

        Assert.Equal([a, c], residents.Idle);
        Assert.Equal((false, true, false), (Unloaded(a), Unloaded(b), Unloaded(c)));
    }

    [Fact]
    public void Keep_LargerThanTheBudget_UnloadsItAndLeavesTheOthers()
    {
        using var residents = new ResidentModels(100);
        var (small, large) = (Make("a", 40), Make("b", 101));
        residents.Keep(small);

        residents.Keep(large);

        Assert.Equal([small], residents.Idle);
        Assert.True(Unloaded(large));
    }

    [Fact]
    public void Keep_NoBudget_KeepsNothing()
    {
        using var residents = new ResidentModels(0);
        var model = Make("a", 1);

        residents.Keep(model);

        Assert.Empty(residents.Idle);
        Assert.True(Unloaded(model));
    }

    [Fact]
    public void Keep_SameDigestFromAnotherPlace_KeepsTheLater()
    {
        using var residents = new ResidentModels(100);
        var (first, second) = (Make("a", 10), Make("a", 10, uri: "file:///elsewhere"));
        residents.Keep(first);

        residents.Keep(second);

        Assert.Equal([second], residents.Idle);
        Assert.True(Unloaded(first));
    }

    [Theory]
    [InlineData("other", "a", "file:///a")]
    [InlineData("default", "b", "file:///a")]
    [InlineData("default", "a", "file:///elsewhere")]
    public void Take_AnotherNamespaceDigestOrPlace_GivesNothing(string ns, string digest, string uri)
    {
        using var residents = new ResidentModels(100);
        residents.Keep(Make("a", 10));

        Assert.Null(residents.Take(new(ns, ModelFormat.Onnx, digest), uri));
    }

    [Fact]
    public void Take_FromAnywhere_GivesWhatWasReadElsewhere()
    {
        using var residents = new ResidentModels(100);
        var model = Make("a", 10);
        residents.Keep(model);

        Assert.Same(model, residents.Take(model.Key, uri: null));
    }

    [Theory]
    [InlineData(50, 60, 0)]
    [InlineData(60, 50, 1)]
    [InlineData(90, 50, 1)]
    [InlineData(91, 50, 2)]
    [InlineData(1000, 0, 2)]
    public void MakeRoom_LittleIsFree_UnloadsAsManyAsAreNeeded(long needed, long free, int unloaded)
    {
        using var residents = new ResidentModels(100);
        residents.Keep(Make("a", 40));
        residents.Keep(Make("b", 40));

        residents.MakeRoom(needed, free);

        Assert.Equal(2 - unloaded, residents.Idle.Count);
    }

    [Fact]
    public void Bytes_AModel_IsTheMostOfFileHeapAndCount()
    {
        var model = Make("a", 10);

        Assert.Equal(10, model.Bytes);
        Assert.Equal(30, model.Grown(new(30, 20)).Bytes);
        Assert.Equal(45, model.Grown(new(30, 20)).Grown(new(0, 25)).Bytes);
    }

    [Fact]
    public void Of_NoDigest_HasNoKey()
    {
        var assignment = new Assignment { Namespace = "default", Model = new ModelReference { Uri = "file:///a" } };

        Assert.Null(ModelKey.Of(assignment));
        assignment.Model.Sha256 = "AB";
        Assert.Equal(new ModelKey("default", ModelFormat.Onnx, "ab"), ModelKey.Of(assignment));
    }

    private static ResidentModel Make(string digest, long bytes, string? uri = null) =>
        new(new("default", ModelFormat.Onnx, digest), uri ?? $"file:///{digest}", new Model(), bytes, default);

    private static bool Unloaded(ResidentModel resident) => ((Model)resident.Model).IsUnloaded;

    private sealed class Model : IModel
    {
        public bool IsUnloaded { get; private set; }

        public string Platform => "test";

        public ModelSignature Signature { get; } = new([], []);

        public HostTensor[] Run(IReadOnlyList<HostTensor> inputs, IReadOnlyList<int> outputs, CancellationToken cancellation) => [];

        public void Dispose() => IsUnloaded = true;
    }
}
