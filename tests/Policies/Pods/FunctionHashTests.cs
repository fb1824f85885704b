using Hearth.Api.InferenceFunctions;
using Hearth.Policies.Pods;
using Hearth.Testing;

namespace Hearth.Policies.Tests.Pods;

public sealed class FunctionHashTests
{
    [Fact]
    public void Of_HowManyAndWhenChanged_Stays()
    {
        var other = new MakeFunction().Scale(3, 9).KeepAlive(TimeSpan.FromHours(1)).Suspend().Build().Spec with
        {
            Timeout = TimeSpan.FromSeconds(1),
            Triggers = [new TriggerSpec { Schedule = "* * * * *" }],
            Traffic = [new() { Latest = true }],
            RevisionHistoryLimit = 3,
        };

        Assert.Equal(FunctionHash.Of(new MakeFunction().Build().Spec), FunctionHash.Of(other));
    }

    [Fact]
    public void Of_WhatAWorkerIsMadeFromChanged_Changes()
    {
        var specs = new[]
        {
            new MakeFunction().Build().Spec,
            new MakeFunction().Build().Spec with { Model = new() { Uri = "file:///models/other.onnx" } },
            new MakeFunction().Container("image", 80).Build().Spec,
            new MakeFunction().Concurrency(4).Build().Spec,
            new MakeFunction().Pool("other").Build().Spec,
            new MakeFunction().Build().Spec with { Batching = new() },
        };

        Assert.Equal(specs.Length, specs.Select(FunctionHash.Of).Distinct().Count());
    }
}
