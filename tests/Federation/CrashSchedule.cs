using System.Text.Json;
using Hearth.Federation.Models;
using Hearth.Federation.Protocol;
using Hearth.Federation.Rounds;
using Hearth.Testing;

namespace Hearth.Federation.Tests;

/// <summary>One random life of a federation, and what must hold at its end.</summary>
internal sealed class CrashSchedule
{
    private const int Rounds = 3;
    private const int Clients = 4;

    // More than any life takes: a schedule that does not end is a fault too.
    private const int MaxActions = 20_000;

    private readonly Random _chance;
    private readonly int? _killAt;
    private readonly ManualTimeProvider _time = new();
    private readonly FederationOptions _options = Make.Options(Rounds, min: 2, max: 3);
    private readonly Dictionary<(int Round, string Client), byte[]> _acknowledged = [];
    private readonly List<Aggregator> _zombies = [];
    private ICrashStorage _disk;
    private Aggregator? _aggregator;

    /// <summary>Prepares a schedule.</summary>
    /// <param name="seed">Decides everything.</param>
    /// <param name="disk">Where the federation is kept.</param>
    /// <param name="killAt">The one call to the disk at which to kill; null to kill now and then.</param>
    public CrashSchedule(int seed, ICrashStorage disk, int? killAt = null)
    {
        _disk = disk;
        _chance = new Random(seed);
        _killAt = killAt;
        _disk.KillAt = killAt ?? _chance.Next(1, 80);
    }

    public int Kills { get; private set; }

    public async Task RunAsync()
    {
        for (var action = 0; !await IsDoneAsync(); action++)
        {
            Assert.True(action < MaxActions, "The federation does not come to an end.");
            try
            {
                await ActAsync();
            }
            catch (Exception) when (_disk.Killed)
            {
                // Whatever it looked like from within.
            }
            if (_disk.Killed)
                Die();
        }
        Verify();
        (_disk as IDisposable)?.Dispose();
    }

    private void Die()
    {
        Kills++;
        (_aggregator, _disk) = (null, _disk.Restart(_chance));
        _zombies.Clear();
        // Enough lives end early for every step to be met, and later ones are longer, so that the federation comes to its end.
        _disk.KillAt = _killAt is null && _chance.Next(12) > 0 ? _chance.Next(1, 60 * (1 + Kills)) : 0;
    }

    private async Task ActAsync()
    {
        if (_aggregator is null)
        {
            _aggregator = await Make.OpenAsync(await _disk.OpenAsync(), _time, _options);
            return;
        }
        switch (_chance.Next(12))
        {
            case 0 when _killAt is null && _chance.Next(4) == 0:
                _zombies.Add(_aggregator);
                _aggregator = null;
                break;
            case 1:
                _time.Advance(TimeSpan.FromSeconds(_chance.Next(1, 70)));
                break;
            case 2 when _zombies.Count > 0:
                await HauntAsync(_zombies[_chance.Next(_zombies.Count)]);
                break;
            case < 8:
                await PlayClientAsync(_aggregator, $"c{_chance.Next(Clients)}", isCurrent: true);
                break;
            default:
                await _aggregator.StepAsync(CancellationToken.None);
                break;
        }
    }

    /// <summary>An aggregator that another has taken over from goes on as if nothing had happened.</summary>
    private async Task HauntAsync(Aggregator zombie)
    {
        try
        {
            if (_chance.Next(2) == 0)
                await zombie.StepAsync(CancellationToken.None);
            else
                await PlayClientAsync(zombie, $"c{_chance.Next(Clients)}", isCurrent: false);
        }
        catch (Exception e) when (e is not CrashException)
        {
            // It finds out in one way or another: superseded, files gone. What counts is what is on the disk.
        }
    }

    private async Task PlayClientAsync(Aggregator aggregator, string client, bool isCurrent)
    {
        if (_chance.Next(10) == 0)
            aggregator.Join(new JoinRequest { Id = client, Examples = 10 });
        var (task, refusal) = await aggregator.GetTaskAsync(client, TimeSpan.Zero, CancellationToken.None);
        if (refusal is { Kind: RefusalKind.UnknownClient })
            aggregator.Join(new JoinRequest { Id = client, Examples = 10 });
        var round = task?.Round ?? aggregator.Progress.Round;
        var update = UpdateOf(round, client);
        switch (_chance.Next(8))
        {
            case 0:
                Assert.NotNull(await aggregator.StoreAsync(Make.Upload(round, client, [1, 2, 3]), CancellationToken.None));
                break;
            case 1:
                // Another update than the one acknowledged, if one was.
                var other = Make.Update(_chance.Next());
                if (await aggregator.StoreAsync(Make.Upload(round, client, other, ExamplesOf(round, client)), CancellationToken.None) is null)
                    Acknowledge(round, client, other, isCurrent);
                break;
            default:
                if (await aggregator.StoreAsync(Make.Upload(round, client, update, ExamplesOf(round, client)), CancellationToken.None) is null)
                    Acknowledge(round, client, update, isCurrent);
                break;
        }
    }

    private void Acknowledge(int round, string client, byte[] update, bool isCurrent)
    {
        // An earlier aggregator may still repeat an acknowledgement; it must not give one.
        Assert.True(isCurrent || _acknowledged.ContainsKey((round, client)) || IsRecorded(round, client, update), "An aggregator that was taken over from acknowledged an update.");
        if (_acknowledged.TryGetValue((round, client), out var known))
            Assert.Equal(known, update);
        _acknowledged[(round, client)] = update;
    }

    /// <summary>Whether the journal has it: the record was written, and then the process died before it could answer.</summary>
    private bool IsRecorded(int round, string client, byte[] update) =>
        System.Text.Encoding.UTF8.GetString(_disk.Read("journal.log")).Split('\n').Any(line =>
            line.Contains("UpdateStored", StringComparison.Ordinal) && line.Contains($"\"round\":{round},", StringComparison.Ordinal)
            && line.Contains($"\"{client}\"", StringComparison.Ordinal) && line.Contains(Make.Digest(update), StringComparison.Ordinal));

    private async Task<bool> IsDoneAsync()
    {
        if (_aggregator is null || _aggregator.Progress.ModelVersion < Rounds)
            return false;
        try
        {
            while (await _aggregator.StepAsync(CancellationToken.None) is not RoundStep.Done)
            {
                // The last steps.
            }
            // What is left of kills is cleaned up by the next to open.
            _disk.KillAt = 0;
            _aggregator = await Make.OpenAsync(await _disk.OpenAsync(), _time, _options);
            return true;
        }
        catch (Exception) when (_disk.Killed)
        {
            Die();
            return false;
        }
    }

    private void Verify()
    {
        for (var round = 1; round <= Rounds; round++)
            VerifyRound(round);
        Assert.Equal(_disk.Read($"models/{Rounds}/model.json"), _disk.Read("model.json"));
        Assert.Equal(_disk.Read($"models/{Rounds}/{WeightsOf("model.json")}"), _disk.Read(WeightsOf("model.json")));
        Assert.DoesNotContain(_disk.Paths, path => path.EndsWith(".tmp", StringComparison.Ordinal) || path.Contains("/updates/", StringComparison.Ordinal));
        var progress = _aggregator!.Progress;
        Assert.Equal(progress.Received, progress.Folded);
    }

    private void VerifyRound(int round)
    {
        var manifest = JsonSerializer.Deserialize(_disk.Read($"rounds/{round}/manifest.json"), FederationJsonContext.Default.RoundManifest)!;
        Assert.Empty(manifest.NotIncluded);
        Assert.InRange(manifest.Included.Count, _options.MinPerRound, _options.MaxPerRound);
        Assert.Equal(manifest.Included.Count, manifest.Included.Select(update => update.Client).Distinct().Count());
        foreach (var ((acknowledged, client), update) in _acknowledged)
        {
            if (acknowledged == round)
                Assert.Equal(Make.Digest(update), Assert.Single(manifest.Included, included => included.Client == client).Digest);
        }
        var weights = _disk.Read($"models/{round}/{WeightsOf($"models/{round}/model.json")}");
        Assert.Equal(manifest.ModelDigest, Make.Digest(weights));
        var updates = manifest.Included.Select(included => (Find(round, included), included.Examples)).ToList();
        if (updates.All(update => update.Item1 is not null))
            Assert.Equal(Make.Average(updates!), Make.Values(weights));
    }

    /// <summary>The bytes of an update included; null for one that came in and was not acknowledged, and was another than usual.</summary>
    private byte[]? Find(int round, IncludedUpdate included)
    {
        byte[][] candidates = [UpdateOf(round, included.Client), .. _acknowledged.Where(known => known.Key == (round, included.Client)).Select(known => known.Value)];
        return candidates.FirstOrDefault(update => Make.Digest(update) == included.Digest);
    }

    private string WeightsOf(string description) => System.Text.Encoding.UTF8.GetString(_disk.Read(description)).Split(':')[1];

    private static byte[] UpdateOf(int round, string client) => Make.Update((round * 100) + client[1]);

    private static long ExamplesOf(int round, string client) => (round * 10) + client[1] - '0' + 1;
}
