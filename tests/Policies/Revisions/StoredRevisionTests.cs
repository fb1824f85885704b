using Hearth.Api.InferenceFunctions;
using Hearth.Api.Meta;
using Hearth.Policies.Pods;
using Hearth.Policies.Revisions;
using Hearth.Testing;

namespace Hearth.Policies.Tests.Revisions;

public sealed class StoredRevisionTests
{
    [Fact]
    public void Read_WhatWasMade_GivesTheSameRevisionUnderAnotherScale()
    {
        var function = new MakeFunction().Concurrency(3).Scale(1, 2).Stored().Build();
        function.Spec.Batching = new() { MaxDelay = TimeSpan.FromMilliseconds(7) };
        var hash = FunctionHash.Of(function.Spec);
        var live = new MakeFunction("fn").Container("image", 80).Scale(4, 9).Stored().Build();

        var stored = StoredRevision.Make(function, hash, 5);
        var revived = StoredRevision.Read(stored)!.In(live);

        Assert.Equal((hash, 5), (StoredRevision.HashOf("fn", stored.Name()), stored.Revision));
        Assert.Equal((hash, 4, 9), (FunctionHash.Of(revived.Spec), revived.Spec.Scale.Min, revived.Spec.Scale.Max));
        Assert.Null(revived.Spec.Container);
        Assert.True(stored.IsOwnedBy(function));
    }

    [Fact]
    public void Read_DataOfAnother_IsNone() => Assert.Null(StoredRevision.Read(new() { Data = System.Text.Json.JsonElement.Parse("""{"spec":7}""") }));
}
