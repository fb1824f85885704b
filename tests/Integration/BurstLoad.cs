using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Hearth.Api.Core;
using Hearth.Api.Meta;

namespace Hearth.Integration.Tests;

/// <summary>Callers that begin all at once, each with one function, and what became of each of their requests.</summary>
/// <param name="cluster">Where they call.</param>
/// <param name="callers">How many.</param>
/// <param name="functions">Functions <c>fn-0</c> and on.</param>
/// <param name="request">A request of the Open Inference Protocol with <c>@</c> for its id.</param>
internal sealed class BurstLoad(Cluster cluster, int callers, int functions, string request)
{
    private readonly ConcurrentBag<(int Status, string Body, string? RetryAfter, TimeSpan Took)> _answers = [];
    private int _sent;

    public IReadOnlyCollection<(int Status, string Body, string? RetryAfter, TimeSpan Took)> Answers => _answers;

    /// <summary>Each caller sends so many requests, one after the other.</summary>
    public Task CallAsync(int each) => CallWhileAsync(count => count < each);

    /// <summary>They call while workers that serve are killed, one each second. Returns the names of those killed.</summary>
    public async Task<IReadOnlyList<string>> WhileKillingAsync(int kills)
    {
        var killed = new List<string>();
        var isOver = false;
        var calling = CallWhileAsync(_ => !Volatile.Read(ref isOver));
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), TimeProvider.System);
        for (var next = 0; killed.Count < kills && await timer.WaitForNextTickAsync(); next++)
        {
            var pods = (await cluster.Client.ListAsync<V1Pod>("default", new() { LabelSelector = $"{Api.HearthLabels.WorkerState}=assigned" })).Items
                .Where(pod => pod.Status?.Phase == "Running" && !killed.Contains(pod.Name())).ToArray();
            if (pods.Length == 0)
                continue;
            SplitCluster.CrashWorker(pods[next % pods.Length]);
            killed.Add(pods[next % pods.Length].Name());
        }
        Volatile.Write(ref isOver, true);
        await calling;
        return killed;
    }

    private Task CallWhileAsync(Func<int, bool> goesOn) => Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
    {
        for (var count = 0; goesOn(count); count++)
            await SendAsync($"fn-{caller % functions}");
    })));

    private async Task SendAsync(string function)
    {
        var id = Interlocked.Increment(ref _sent).ToString(CultureInfo.InvariantCulture);
        var started = Stopwatch.GetTimestamp();
        var (response, body) = await cluster.PostAsync(cluster.Infer(function), request.Replace("@", id, StringComparison.Ordinal));
        using (response)
        {
            if (response.IsSuccessStatusCode)
                Assert.Equal(id, JsonNode.Parse(body)!["id"]!.GetValue<string>());
            var retryAfter = response.Headers.TryGetValues("Retry-After", out var values) ? values.Single() : null;
            _answers.Add(((int)response.StatusCode, body, retryAfter, Stopwatch.GetElapsedTime(started)));
            // What a caller does that is told when to come back.
            if (retryAfter is not null)
                await Task.Delay(TimeSpan.FromSeconds(int.Parse(retryAfter, CultureInfo.InvariantCulture)), TimeProvider.System);
        }
    }
}
