using System.Globalization;
using System.Net;
using Hearth.Gateway.Forwarding;
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
