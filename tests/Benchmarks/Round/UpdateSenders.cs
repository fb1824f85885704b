using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Hearth.Api;
using Hearth.Api.FederatedAggregations;
using Hearth.Compute.Safetensors;
using Hearth.Federation.Protocol;

namespace Hearth.Benchmarks.Round;

/// <summary>Clients that send updates which were made before.</summary>
internal sealed class UpdateSenders(string top, IReadOnlyDictionary<string, PlannedAggregator> slots, TimeProvider time) : IDisposable
{
    private const int Distinct = 3;
    private const int AtOnce = 8;
    private static readonly TimeSpan AgainAfter = TimeSpan.FromMilliseconds(20);

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly List<(byte[] Body, string Digest)> _updates = [];

    /// <summary>Lets clients join.</summary>
    public async Task JoinAsync(int clients, CancellationToken cancel)
    {
        for (var client = 0; client < clients; client++)
        {
            using var joined = await _http.PostAsync($"http://{top}/clients", JsonContent.Create(new JoinRequest { Id = Id(client), Examples = 100 }, ProtocolJsonContext.Default.JoinRequest), cancel);
            joined.EnsureSuccessStatusCode();
        }
    }

    /// <summary>Makes updates: the federation's first model with other numbers.</summary>
    public async Task MakeUpdatesAsync(CancellationToken cancel)
    {
        var model = await _http.GetByteArrayAsync($"http://{top}/models/0", cancel);
        var data = SafetensorsHeader.PrefixLength + SafetensorsHeader.ReadLength(model.AsSpan(0, SafetensorsHeader.PrefixLength), model.Length);
        for (var update = 0; update < Distinct; update++)
        {
            var body = model.ToArray();
            var random = new Random(update);
            foreach (ref var element in MemoryMarshal.Cast<byte, float>(body.AsSpan(data)))
                element = random.NextSingle() - 0.5f;
            _updates.Add((body, ContentDigest.Format(Convert.ToHexStringLower(SHA256.HashData(body)))));
        }
    }

    /// <summary>Asks for all clients' tasks; returns once there is a round.</summary>
    /// <returns>Where each is to send its update.</returns>
    public async Task<string[]> AskAsync(int clients, CancellationToken cancel)
    {
        var urls = new string[clients];
        for (var client = 0; client < clients; client++)
            urls[client] = (await TaskAsync(client, cancel)).UpdateUrl!;
        return urls;
    }

    /// <summary>Sends all updates, so many a second, or eight at a time for 0, and returns when all are acknowledged.</summary>
    public Task SendAsync(string[] urls, int rate, CancellationToken cancel)
    {
        var started = time.GetTimestamp();
        return Parallel.ForEachAsync(urls.Index(), new ParallelOptions { MaxDegreeOfParallelism = rate == 0 ? AtOnce : urls.Length, CancellationToken = cancel }, async (one, stop) =>
        {
            var wait = rate == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(one.Index / (double)rate) - time.GetElapsedTime(started);
            if (wait > TimeSpan.Zero)
                await Task.Delay(wait, time, stop);
            while (!await TrySendAsync(one.Index, one.Item, stop))
                await Task.Delay(AgainAfter, time, stop);
        });
    }

    /// <summary>Returns when clients see the last model.</summary>
    public async Task FinishAsync(CancellationToken cancel)
    {
        while ((await TaskAsync(0, cancel)).State != ClientTaskState.Finished)
            await Task.Delay(AgainAfter, time, cancel);
    }

    public void Dispose() => _http.Dispose();

    private static string Id(int client) => string.Create(CultureInfo.InvariantCulture, $"client-{client}");

    private async Task<ClientTask> TaskAsync(int client, CancellationToken cancel)
    {
        while (true)
        {
            using var answer = await _http.GetAsync($"http://{top}/task?client={Id(client)}&wait=50s", cancel);
            answer.EnsureSuccessStatusCode();
            if (answer.StatusCode == HttpStatusCode.OK)
                return (await answer.Content.ReadFromJsonAsync(ProtocolJsonContext.Default.ClientTask, cancel))!;
        }
    }

    private async Task<bool> TrySendAsync(int client, string url, CancellationToken cancel)
    {
        var (address, assignment, path) = url.Split('/', 3) is ["aggregators", var slot, var rest] ? (slots[slot].Address, slots[slot].AssignmentId, rest) : (top, "top", url);
        var (body, digest) = _updates[client % _updates.Count];
        using var request = new HttpRequestMessage(HttpMethod.Put, $"http://{address}/{path}") { Content = new ByteArrayContent(body) };
        request.Headers.Add(HearthHeaders.Assignment, assignment);
        request.Headers.Add(FederationHeaders.Examples, "100");
        request.Content.Headers.TryAddWithoutValidation(FederationHeaders.ContentDigest, digest);
        using var answer = await _http.SendAsync(request, cancel);
        return answer.StatusCode switch
        {
            HttpStatusCode.Accepted => true,
            HttpStatusCode.ServiceUnavailable => false,
            _ => throw new InvalidOperationException($"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancel)}"),
        };
    }
}
