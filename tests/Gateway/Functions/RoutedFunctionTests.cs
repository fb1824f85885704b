using System.Net;
using Hearth.Api;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Workers;
using Hearth.Policies.Pods;
using Hearth.Policies.Revisions;
using Hearth.Testing;

namespace Hearth.Gateway.Tests.Functions;

/// <summary>Which revision answers, over HTTP. Nothing can be activated here.</summary>
public sealed class RoutedFunctionTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly InferenceFunction _old = Make.Function(concurrency: 1);
    private InvocationHarness _gateway = null!;

    public async Task InitializeAsync()
    {
        _gateway = await InvocationHarness.StartAsync();
        _gateway.Functions.Set(_old);
        _gateway.Revisions.Set(StoredRevision.Make(_old, FunctionHash.Of(_old.Spec), 1));
    }

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task Invoke_NinetyToTen_IsDealtOutExactlyAndToldToTheCaller()
    {
        var next = Next(ready: _old);
        var (before, after) = (await _gateway.AddWorkerAsync(_old), await _gateway.AddWorkerAsync(next));
        _gateway.Functions.Set(Next(ready: _old, new() { Revision = Name(_old), Percent = 90 }, new() { Revision = Name(next), Percent = 10 }));

        var told = new List<string>();
        for (var i = 0; i < 100; i++)
        {
            using var answer = await SendAsync();
            told.Add(answer.Headers.GetValues(HearthHeaders.Revision).Single());
        }

        Assert.Equal((90, 10), (before.Requests, after.Requests));
        Assert.Equal((90, 10), (told.Count(name => name == Name(_old)), told.Count(name => name == Name(next))));
    }

    [Fact]
    public async Task Invoke_LatestIsNotReady_TheOneBeforeAnswersUntilTheStatusSaysOtherwise()
    {
        var (before, after) = (await _gateway.AddWorkerAsync(_old), await _gateway.AddWorkerAsync(Next(null)));

        _gateway.Functions.Set(Next(ready: _old));
        using (await SendAsync())
            Assert.Equal((1, 0), (before.Requests, after.Requests));

        _gateway.Functions.Set(Next(ready: Next(null)));
        using (await SendAsync())
            Assert.Equal((1, 1), (before.Requests, after.Requests));
    }

    [Fact]
    public async Task Invoke_TrafficIsSetBack_FollowsWithoutTheOperator()
    {
        var (before, after) = (await _gateway.AddWorkerAsync(_old), await _gateway.AddWorkerAsync(Next(null)));
        _gateway.Functions.Set(Next(ready: Next(null)));

        // The status is that of the time before.
        _gateway.Functions.Set(Next(ready: Next(null), new TrafficTarget { Revision = Name(_old) }));
        using var answer = await SendAsync();

        Assert.Equal((1, 0), (before.Requests, after.Requests));
    }

    [Fact]
    public async Task Invoke_NamedInTheHeader_ThatOneAnswersWhateverTheSplit()
    {
        var (before, after) = (await _gateway.AddWorkerAsync(_old), await _gateway.AddWorkerAsync(Next(null)));
        _gateway.Functions.Set(Next(ready: _old));

        using var answer = await SendAsync(Name(Next(null)));

        Assert.Equal((0, 1), (before.Requests, after.Requests));
        Assert.Equal([Name(Next(null))], answer.Headers.GetValues(HearthHeaders.Revision));
    }

    [Fact]
    public async Task Invoke_HeaderNamesNoRevision_Is404AndSaysWhereTheyAre()
    {
        await _gateway.AddWorkerAsync(_old);

        using var answer = await SendAsync("fn-0000000000");

        var (status, _, message) = await GatewayClient.ReadErrorAsync(answer);
        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Contains("kubectl get controllerrevisions", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invoke_OneRevision_TellsNone()
    {
        await _gateway.AddWorkerAsync(_old);

        using var answer = await SendAsync();

        Assert.False(answer.Headers.Contains(HearthHeaders.Revision));
    }

    [Fact]
    public async Task Invoke_WorkersAreKnownBeforeTheirRevision_ServeOnceItIs()
    {
        _gateway.Revisions.Remove(StoredRevision.Make(_old, FunctionHash.Of(_old.Spec), 1));
        _gateway.Functions.Remove(_old);
        var before = await _gateway.AddWorkerAsync(_old);
        _gateway.Functions.Set(Next(ready: _old));

        _gateway.Revisions.Set(StoredRevision.Make(_old, FunctionHash.Of(_old.Spec), 1));
        using var answer = await SendAsync();

        Assert.Equal(1, before.Requests);
    }

    [Fact]
    public async Task Invoke_StandInGoesWhileRequestsWaitForIt_TheyGoOnToTheLatest()
    {
        var before = await _gateway.AddWorkerAsync(_old);
        var isBusy = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        before.Answer = async _ =>
        {
            isBusy.TrySetResult();
            await end.Task;
        };
        _gateway.Functions.Set(Next(ready: _old));
        var running = SendAsync();
        await isBusy.Task.WaitAsync(Patience);
        var waiting = _gateway.Routed().Choose().State.AcquireAsync(new(TimeProvider.System.GetTimestamp(), Patience), default).AsTask();

        // No GPU for both: the old worker drains before the new one is there.
        _gateway.Pods.Set(InvocationHarness.MakePod(before, "worker-1", _old, WorkerState.Draining));
        Assert.Equal(default, await waiting.WaitAsync(Patience));
        var after = await _gateway.AddWorkerAsync(Next(null));
        using (await SendAsync().WaitAsync(Patience))
            Assert.Equal(1, after.Requests);

        end.SetResult();
        using var last = await running.WaitAsync(Patience);
        Assert.Equal(HttpStatusCode.OK, last.StatusCode);
    }

    [Fact]
    public async Task ReportLoad_TwoRevisions_IsTheFunctionsAsAWhole()
    {
        await _gateway.AddWorkerAsync(_old);
        await _gateway.AddWorkerAsync(Next(null));
        _gateway.Functions.Set(Next(ready: _old, new() { Revision = Name(_old), Percent = 50 }, new() { Latest = true, Percent = 50 }));

        for (var i = 0; i < 4; i++)
            (await SendAsync()).Dispose();

        Assert.Equal(4, _gateway.Routed().ReportLoad().Requests);
    }

    private async Task<HttpResponseMessage> SendAsync(string? revision = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/functions/{Make.Namespace}/fn/x");
        if (revision is not null)
            request.Headers.Add(HearthHeaders.Revision, revision);
        return await _gateway.Http.SendAsync(request);
    }

    /// <summary>The function with another model, and what the operator last said was ready.</summary>
    private static InferenceFunction Next(InferenceFunction? ready, params TrafficTarget[] traffic)
    {
        var function = Make.Function(concurrency: 1);
        function.Metadata.Generation = 2;
        function.Spec.Model = new() { Uri = "file:///next.onnx" };
        function.Spec.Traffic = traffic;
        function.Status = ready is null ? null : new() { LatestReadyRevision = Name(ready) };
        return function;
    }

    private static string Name(InferenceFunction function) => StoredRevision.NameOf("fn", FunctionHash.Of(function.Spec));
}
