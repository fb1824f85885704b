using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Hearth.Integration.Tests.Federations;

/// <summary>
/// A client of the protocol in plain HTTP: it "trains" by adding small numbers that follow from its seed, and repeats whatever does not come through.
/// </summary>
/// <param name="federation">Base of the URLs.</param>
/// <param name="id">The client's id.</param>
/// <param name="seed">Of what it trains.</param>
/// <param name="ledger">Takes note of what it sends.</param>
/// <param name="work">How long it trains at most.</param>
internal sealed class TestClient(Uri federation, string id, int seed, Ledger ledger, TimeSpan work = default) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(30) };
    private readonly long _examples = 1 + (seed % 100);

    /// <summary>What it last met, for a test that fails.</summary>
    public string Last { get; private set; } = "nothing";

    /// <summary>Takes part until the federation is finished; returns the version of the last model.</summary>
    public async Task<int> RunAsync(CancellationToken cancel)
    {
        await JoinAsync(cancel);
        while (true)
        {
            var answer = await SendAsync(() => new(HttpMethod.Get, Url($"task?client={id}&wait=2s")), cancel);
            if (answer.Status == HttpStatusCode.NotFound)
                await JoinAsync(cancel);
            if (answer.Status != HttpStatusCode.OK)
                continue;
            var task = JsonNode.Parse(answer.Body)!;
            if ((string)task["state"]! == "Finished")
                return (int)task["modelVersion"]!;
            await TrainAsync(task, cancel);
        }
    }

    /// <summary>Sends a request until it is answered by anything but "later".</summary>
    public async Task<(HttpStatusCode Status, byte[] Body)> SendAsync(Func<HttpRequestMessage> make, CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                using var request = make();
                using var answer = await _http.SendAsync(request, cancel);
                var body = await answer.Content.ReadAsByteArrayAsync(cancel);
                Last = $"{request.Method} {request.RequestUri}: {(int)answer.StatusCode} {(answer.IsSuccessStatusCode ? "" : System.Text.Encoding.UTF8.GetString(body))}";
                if ((int)answer.StatusCode < 500)
                    return (answer.StatusCode, body);
            }
            catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
            {
                Last = e.Message;
            }
            await Task.Delay(Pause, TimeProvider.System, cancel);
        }
    }

    public Uri Url(string path) => new(federation, path);

    public void Dispose() => _http.Dispose();

    public async Task JoinAsync(CancellationToken cancel)
    {
        var body = new JsonObject { ["id"] = id, ["examples"] = _examples };
        (HttpStatusCode Status, byte[]) answer;
        // Suspended: a gateway hears that it goes on a moment after the API server.
        while ((answer = await SendAsync(() => new(HttpMethod.Post, Url("clients")) { Content = JsonContent.Create(body) }, cancel)).Status == HttpStatusCode.Conflict)
            await Task.Delay(Pause, TimeProvider.System, cancel);
        // Finished and released is told by the task.
        Assert.True(answer.Status is HttpStatusCode.OK or HttpStatusCode.Gone, Last);
    }

    private async Task TrainAsync(JsonNode task, CancellationToken cancel)
    {
        var (round, url) = ((int)task["round"]!, Url((string)task["updateUrl"]!));
        var model = await SendAsync(() => new(HttpMethod.Get, Url((string)task["modelUrl"]!)), cancel);
        // The aggregator may have gone on since the task was given.
        if (model.Status != HttpStatusCode.OK)
            return;
        Assert.Equal((string)task["modelDigest"]!, Weights.Digest(model.Body));

        var random = new Random(unchecked((seed * 397) + round));
        var trained = Weights.Read(model.Body).Select(w => w + (float)(random.NextDouble() - 0.5)).ToArray();
        await Task.Delay(random.NextDouble() * work, TimeProvider.System, cancel);
        var bytes = Weights.With(model.Body, trained);
        var update = new Update(round, id, _examples, Weights.Digest(bytes), trained);
        ledger.Send(update);
        while (true)
        {
            var answer = await SendAsync(() => Put(url, bytes, update), cancel);
            if (answer.Status == HttpStatusCode.Accepted)
                ledger.Acknowledge(update);
            if (answer.Status != HttpStatusCode.NotFound)
                return;
            await JoinAsync(cancel);
        }
    }

    private static HttpRequestMessage Put(Uri url, byte[] bytes, Update update)
    {
        var content = new ByteArrayContent(bytes) { Headers = { { "Content-Digest", $"sha-256=:{Convert.ToBase64String(Convert.FromHexString(update.Digest))}:" } } };
        return new(HttpMethod.Put, url) { Content = content, Headers = { { "Hearth-Examples", update.Examples.ToString(CultureInfo.InvariantCulture) } } };
    }
}
