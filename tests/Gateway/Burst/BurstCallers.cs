using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Hearth.Gateway.Tests.Burst;

/// <summary>Callers that all call at once, each one function, and what became of each of their requests.</summary>
internal sealed class BurstCallers(GatewayServer gateway, int callers, int functions) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new(gateway.Url), Timeout = BurstWorld.Patience };
    private readonly ConcurrentBag<(string Id, int Status, string Body, string? RetryAfter, TimeSpan Took)> _answers = [];
    private int _sent;

    public IReadOnlyCollection<(string Id, int Status, string Body, string? RetryAfter, TimeSpan Took)> Answers => _answers;

    /// <summary>Called after each answer with how many there are.</summary>
    public Action<int> OnAnswer { get; set; } = _ => { };

    /// <summary>Every caller sends so many requests, one after the other.</summary>
    public Task CallAsync(int each) => Task.WhenAll(Enumerable.Range(0, callers).Select(async caller =>
    {
        for (var i = 0; i < each; i++)
            await SendAsync(caller);
    }));

    /// <summary>Completes when the gateway has so many requests: it has refused the others.</summary>
    public async Task WaitForArrivalAsync()
    {
        using var patience = new CancellationTokenSource(BurstWorld.Patience);
        while (true)
        {
            var load = JsonNode.Parse(await _http.GetStringAsync(new Uri(new Uri(gateway.OperationsUrl), "/load"), patience.Token))!;
            if (load["functions"]!.AsArray().Sum(function => function!["requests"]!.GetValue<int>()) >= callers)
                return;
            await Task.Yield();
        }
    }

    public string Report(TimeSpan took)
    {
        var times = _answers.Where(answer => answer.Status == 200).Select(answer => answer.Took.TotalMilliseconds).Order().ToArray();
        var outcomes = string.Join(", ", _answers.GroupBy(answer => answer.Status).OrderBy(group => group.Key).Select(group => $"{group.Key}: {group.Count()}"));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{callers} callers, {functions} functions, {_answers.Count} requests in {took.TotalSeconds:0.0} s; {outcomes}; "
            + $"success {100.0 * times.Length / _answers.Count:0.00} %; p50 {times[times.Length / 2]:0} ms, p99 {times[times.Length * 99 / 100]:0} ms, slowest {times[^1]:0} ms");
    }

    public void Dispose() => _http.Dispose();

    private async Task SendAsync(int caller)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"{caller}-{Interlocked.Increment(ref _sent)}");
        var started = Stopwatch.GetTimestamp();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1.0/invoke/fn-{caller % functions}/method/predict") { Content = new StringContent(id) };
        request.Headers.Add("Request", id);
        using var answer = await _http.SendAsync(request);
        var body = await answer.Content.ReadAsStringAsync();
        var retryAfter = answer.Headers.TryGetValues("Retry-After", out var values) ? values.Single() : null;
        _answers.Add((id, (int)answer.StatusCode, body, retryAfter, Stopwatch.GetElapsedTime(started)));
        OnAnswer(_answers.Count);
    }
}
