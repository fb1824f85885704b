using System.Net;
using Hearth.Api.FederatedAggregations;
using Hearth.Api.Workers;
using Hearth.Testing;
using Microsoft.AspNetCore.Http;

namespace Hearth.Gateway.Tests.Federations;

/// <summary>Which aggregator of a tree gets a client's request.</summary>
public sealed class FederationSlotTests : IAsyncLifetime
{
    private static readonly Uri LeafUrl = new("/federations/default/fa/aggregators/leaf-1/rounds/1/updates/a", UriKind.Relative);
    private static readonly Uri TopUrl = new("/federations/default/fa/rounds/1/updates/a", UriKind.Relative);

    private readonly FederatedAggregation _federation = new MakeFederation().Stored().Build();
    private InvocationHarness _gateway = null!;
    private FakeWorker _top = null!;

    public async Task InitializeAsync()
    {
        _gateway = await InvocationHarness.StartAsync();
        _gateway.Federations.Set(_federation);
        _top = await _gateway.AddAggregatorAsync(_federation, "top", "top");
    }

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task Handle_UrlNamesALeaf_GoesThereWithoutTheName()
    {
        var leaf = await _gateway.AddAggregatorAsync(_federation, "one", "leaf-1");
        leaf.Answer = context => context.Response.WriteAsync($"{context.Request.Path} {context.Request.Headers["Hearth-Assignment"]}");

        using var answer = await _gateway.Http.PutAsync(LeafUrl, new StringContent("x"));

        Assert.Equal("/rounds/1/updates/a one", await answer.Content.ReadAsStringAsync());
        Assert.Equal(0, _top.Requests);
    }

    [Fact]
    public async Task Handle_UrlNamesNoLeaf_GoesToTheTop()
    {
        var leaf = await _gateway.AddAggregatorAsync(_federation, "one", "leaf-1");

        using var answer = await _gateway.Http.PutAsync(TopUrl, new StringContent("x"));

        Assert.Equal((HttpStatusCode.OK, 1, 0), (answer.StatusCode, _top.Requests, leaf.Requests));
    }

    [Fact]
    public async Task Handle_LeafIsNotThere_GoesToTheTop()
    {
        var other = await _gateway.AddAggregatorAsync(_federation, "two", "leaf-2");
        _top.Answer = context => context.Response.WriteAsync(context.Request.Path);

        using var answer = await _gateway.Http.PutAsync(LeafUrl, new StringContent("x"));

        Assert.Equal(("/rounds/1/updates/a", 0), (await answer.Content.ReadAsStringAsync(), other.Requests));
    }

    [Fact]
    public async Task Handle_LeafWasKilled_GivesTheBodyToTheTop()
    {
        var leaf = await _gateway.AddAggregatorAsync(_federation, "one", "leaf-1");
        await leaf.KillAsync();

        using var answer = await _gateway.Http.PutAsync(LeafUrl, new ByteArrayContent(new byte[1_000_000]));

        Assert.Equal((HttpStatusCode.OK, 1), (answer.StatusCode, _top.Requests));
    }

    [Fact]
    public async Task Handle_LeafDrains_GivesTheBodyToTheTop()
    {
        var leaf = await _gateway.AddAggregatorAsync(_federation, "one", "leaf-1");
        leaf.Answer = context =>
        {
            FakeWorker.Refuse(context, RefusalReason.Draining);
            return Task.CompletedTask;
        };

        using var answer = await _gateway.Http.PutAsync(LeafUrl, new ByteArrayContent(new byte[1_000_000]));

        Assert.Equal((HttpStatusCode.OK, 1, 1), (answer.StatusCode, leaf.Requests, _top.Requests));
    }

    [Fact]
    public async Task Handle_LeafIsReplaced_TheTopKeepsItsRequests()
    {
        var asked = new TaskCompletionSource();
        var answerNow = new TaskCompletionSource();
        _top.Answer = async context =>
        {
            asked.SetResult();
            await answerNow.Task;
            await context.Response.WriteAsync("still here");
        };
        await _gateway.AddAggregatorAsync(_federation, "one", "leaf-1");
        var asking = _gateway.Http.GetStringAsync(new Uri("/federations/default/fa/task?client=a", UriKind.Relative));
        await asked.Task;

        var leaf = await _gateway.AddAggregatorAsync(_federation, "two", "leaf-1");
        answerNow.SetResult();

        Assert.Equal(("still here", 0), (await asking, leaf.Requests));
    }

    [Theory]
    [InlineData("tree/rounds/1/updates")]
    [InlineData("aggregators/leaf-1/tree/rounds/1/sums")]
    [InlineData("%54ree/rounds/1/sums")]
    public async Task Handle_PathOfAggregators_Is404AndNotForwarded(string path)
    {
        using var answer = await _gateway.Http.PostAsync(new Uri($"/federations/default/fa/{path}", UriKind.Relative), new StringContent("{}"));

        var error = await GatewayClient.ReadErrorAsync(answer);
        Assert.Equal((HttpStatusCode.NotFound, "ERR_FEDERATION_ROUTE", 0), (error.Status, error.Code, _top.Requests));
    }
}
