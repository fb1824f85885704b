using System.Globalization;
using System.Net;
using Hearth.Api.Gateways;
using Hearth.Gateway.Forwarding;
using Hearth.Gateway.Functions;
using Hearth.Testing;

namespace Hearth.Gateway.Tests.Invocation;

/// <summary>What callers see of an overloaded function.</summary>
public sealed class OverloadTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private InvocationHarness _gateway = null!;

    public async Task InitializeAsync() => _gateway = await InvocationHarness.StartAsync();

    public async Task DisposeAsync()
    {
        _held.TrySetResult();
        await _gateway.DisposeAsync();
    }

    [Fact]
    public async Task Invoke_CallerCannotWaitForItsTurn_Is503WithRetryAfter()
    {
        var worker = await _gateway.ServeAsync(Make.Function(concurrency: 1, max: 1));
        _gateway.State().Release((await _gateway.State().AcquireAsync(new(0, Patience), default)).Worker!, new(ForwardStatus.Answered), TimeSpan.FromSeconds(5));
        var first = HoldAsync(worker);
        await first.Begun.WaitAsync(Patience);

        using var refused = await SendAsync(("Hearth-Timeout", "2s"));

        var (status, code, message) = await GatewayClient.ReadErrorAsync(refused);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "ERR_OVERLOADED"), (status, code));
        // 5 s until the slot is free and 5 s to run, less what is left of the 2 s.
        Assert.InRange(int.Parse(refused.Headers.GetValues("Retry-After").Single(), CultureInfo.InvariantCulture), 8, 10);
        Assert.Contains("longer than is left of the timeout of 2 s", message, StringComparison.Ordinal);
        _held.SetResult();
        using var answered = await first.Answer;
        Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
    }

    [Fact]
    public async Task Invoke_OneFunctionFloodsTheGateway_OthersAreServed()
    {
        const int Room = 100;
        await using var gateway = await InvocationHarness.StartAsync(new() { MaxWaitingBytes = Room * CallTerms.HeadBytes });
        var flooded = await gateway.ServeAsync(Make.Function("flooded", concurrency: 1, max: 1));
        var others = Enumerable.Range(0, 5).Select(i => $"other-{i}").ToArray();
        flooded.Answer = _ => _held.Task;
        foreach (var other in others)
            (await gateway.ServeAsync(Make.Function(other, concurrency: 1, max: 1))).Answer = _ => _held.Task;
        var flood = Enumerable.Range(0, 2 * Room).Select(_ => SendAsync("flooded")).ToArray();
        await WaitForLoadAsync("flooded", load => load.Queued == Room);
        // All of it has come once those for whom there is no room are told so.
        var without = flood.ToList();
        for (var refused = 0; refused < Room - 1; refused++)
            without.Remove(await Task.WhenAny(without).WaitAsync(Patience));

        // One has the slot and ten wait; they take the room of the flood.
        var modest = others.SelectMany(other => Enumerable.Range(0, 11).Select(_ => SendAsync(other))).ToArray();
        foreach (var other in others)
            await WaitForLoadAsync(other, load => load.Queued == 10);
        _held.SetResult();
        var served = await Task.WhenAll(modest).WaitAsync(Patience);
        var flooding = await Task.WhenAll(flood).WaitAsync(Patience);

        Assert.All(served, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Equal(Room - 50 + 1, flooding.Count(answer => answer.IsSuccessStatusCode));
        Assert.All(flooding.Where(answer => !answer.IsSuccessStatusCode), answer =>
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.True(answer.Headers.Contains("Retry-After"));
        });

        Task<HttpResponseMessage> SendAsync(string function) => gateway.Http.GetAsync(new Uri($"/functions/{Make.Namespace}/{function}/x", UriKind.Relative));

        async Task WaitForLoadAsync(string function, Func<FunctionLoad, bool> isSo)
        {
            using var patience = new CancellationTokenSource(Patience);
            while (!isSo(gateway.Routed(function).ReportLoad()))
            {
                patience.Token.ThrowIfCancellationRequested();
                await Task.Yield();
            }
        }
    }

    [Fact]
    public async Task Invoke_CallersTimeoutPasses_Is504AndNamesIt()
    {
        var worker = await _gateway.ServeAsync();
        worker.Answer = context => _held.Task.WaitAsync(context.RequestAborted);

        using var late = await SendAsync(("grpc-timeout", "200m"));

        var (status, code, message) = await GatewayClient.ReadErrorAsync(late);
        Assert.Equal((HttpStatusCode.GatewayTimeout, "ERR_TIMEOUT"), (status, code));
        Assert.Contains("no answer within the timeout of 0.2 s", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invoke_HeaderCannotBeRead_Is400()
    {
        var worker = await _gateway.ServeAsync();

        using var refused = await SendAsync(("Hearth-Priority", "urgent"));

        var (status, code, message) = await GatewayClient.ReadErrorAsync(refused);
        Assert.Equal((HttpStatusCode.BadRequest, "ERR_DIRECT_INVOKE"), (status, code));
        Assert.EndsWith("header Hearth-Priority is \"urgent\": expected high, normal or low", message, StringComparison.Ordinal);
        Assert.Equal(0, worker.Requests);
    }

    /// <summary>A request that the worker keeps until the test's end.</summary>
    private (Task Begun, Task<HttpResponseMessage> Answer) HoldAsync(FakeWorker worker)
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        worker.Answer = async _ =>
        {
            begun.TrySetResult();
            await _held.Task;
        };
        return (begun.Task, SendAsync());
    }

    private Task<HttpResponseMessage> SendAsync(params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1.0/invoke/fn/method/predict") { Content = new StringContent("body") };
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return _gateway.Http.SendAsync(request);
    }
}
