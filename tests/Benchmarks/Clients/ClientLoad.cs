using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Hearth.Benchmarks.Clients;

/// <summary>Clients of a federation that train in no time: each asks for its task and sends the update it has at hand, where the round's lot fell on it, then the next
/// one's turn has come.</summary>
internal sealed class ClientLoad(Uri federation, int clients, byte[] update, TimeProvider time)
{
    // As many as are at work at a time; the others wait for their turn here and not in the gateway.
    private const int Connections = 64;

    private readonly string _digest = $"Hearth-Examples: 1\r\nContent-Digest: sha-256=:{Convert.ToBase64String(SHA256.HashData(update))}:\r\n";
    private readonly ConcurrentDictionary<int, long> _rounds = new();
    private long _next;

    /// <summary>Updates that were acknowledged.</summary>
    public long Acknowledged => Interlocked.Read(ref _acknowledged);

    private long _acknowledged;

    /// <summary>Lets every client join, and returns how long that took.</summary>
    public async Task<TimeSpan> JoinAsync(CancellationToken cancel)
    {
        var started = time.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(async first =>
        {
            using var connection = await LeanConnection.OpenAsync(federation, cancel);
            for (var client = first; client < clients; client += Connections)
            {
                var body = Encoding.ASCII.GetBytes($$"""{"id":"{{NameOf(client)}}","examples":1}""");
                var (status, answer) = await connection.SendAsync("POST", $"{federation.AbsolutePath}/clients", "Content-Type: application/json\r\n", body, cancel);
                if (status != 200)
                    throw new InvalidOperationException($"a client that joined was answered {status}: {answer}");
            }
        }));
        return time.GetElapsedTime(started);
    }

    /// <summary>Takes part until a round has begun, and returns the rounds a second between the first round that is counted and that one.</summary>
    /// <param name="from">The first round that is counted.</param>
    /// <param name="to">The round whose beginning ends it.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<double> RunAsync(int from, int to, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var workers = Enumerable.Range(0, Connections).Select(_ => WorkAsync(to, stop)).ToArray();
        await Task.WhenAll(workers);
        cancel.ThrowIfCancellationRequested();
        return (to - from) / TimeSpan.FromSeconds((double)(_rounds[to] - _rounds[from]) / time.TimestampFrequency).TotalSeconds;
    }

    private async Task WorkAsync(int to, CancellationTokenSource stop)
    {
        using var connection = await LeanConnection.OpenAsync(federation, stop.Token);
        try
        {
            while (!stop.IsCancellationRequested)
                await TakeTurnAsync(connection, NameOf((int)(Interlocked.Increment(ref _next) % clients)), to, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The last round that is counted has begun.
        }
    }

    private async Task TakeTurnAsync(LeanConnection connection, string client, int to, CancellationTokenSource stop)
    {
        var (status, body) = await connection.SendAsync("GET", $"{federation.AbsolutePath}/task?client={client}&wait=0s", "", default, stop.Token);
        // The round has not asked this one, or there is none just now.
        if (status == 204)
            return;
        if (status != 200)
            throw new InvalidOperationException($"client {client} asked for its task and was answered {status}: {body}");
        using var task = JsonDocument.Parse(body);
        var round = task.RootElement.GetProperty("round").GetInt32();
        _rounds.TryAdd(round, time.GetTimestamp());
        if (round >= to)
        {
            await stop.CancelAsync();
            return;
        }
        var (sent, answer) = await connection.SendAsync("PUT", $"{federation.AbsolutePath}/{task.RootElement.GetProperty("updateUrl").GetString()}", _digest, update, stop.Token);
        // 410: the round has what it takes, and went on without this one.
        if (sent is not (202 or 410))
            throw new InvalidOperationException($"client {client} sent its update and was answered {sent}: {answer}");
        if (sent == 202)
            Interlocked.Increment(ref _acknowledged);
    }

    private static string NameOf(int client) => string.Create(CultureInfo.InvariantCulture, $"c{client:00000}");
}
