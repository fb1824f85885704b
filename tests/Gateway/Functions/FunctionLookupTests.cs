using System.Net;
using Hearth.Api.InferenceFunctions;
using NSubstitute;

namespace Hearth.Gateway.Tests.Functions;

public sealed class FunctionLookupTests
{
    [Fact]
    public async Task Invoke_FunctionThatTheInformerHasNotToldOf_IsServed()
    {
        await using var harness = await InvocationHarness.StartAsync();
        harness.Api.GetAsync<InferenceFunction>("new", Make.Namespace, Arg.Any<CancellationToken>()).Returns(Make.Function("new"));
        await harness.AddWorkerAsync("new");

        using var answer = await harness.Http.GetAsync("/v1.0/invoke/new/method/");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Find_ApiServerIsAway_IsAbsent()
    {
        await using var harness = await InvocationHarness.StartAsync();
        harness.Api.GetAsync<InferenceFunction>("new", Make.Namespace, Arg.Any<CancellationToken>())
            .Returns<InferenceFunction?>(_ => throw new HttpRequestException("refused"));

        Assert.Null(await harness.Lookup.FindAsync(new(Make.Namespace, "new"), CancellationToken.None));
    }

    [Fact]
    public async Task Find_ManyUnknownNames_AsksTheApiServerForFewOfThem()
    {
        await using var harness = await InvocationHarness.StartAsync();

        for (var i = 0; i < 2000; i++)
            Assert.Null(await harness.Lookup.FindAsync(new(Make.Namespace, $"unknown-{i}"), CancellationToken.None));

        Assert.InRange(harness.Api.ReceivedCalls().Count(), 1, 1999);
    }
}
