using System.Text.Json;
using Hearth.Federation.Models;
using Hearth.Federation.Protocol;
using Hearth.Federation.Rounds;

namespace Hearth.Federation.Tests.Tree;

/// <summary>One random life of a federation whose updates go to leaves, and what must hold at its end.</summary>
/// <remarks>
/// Killed are: the top at any call to its disk, the top between calls, leaves at any time, whole nodes with their memory. Lost are calls between aggregators,
/// on the way there or back. Leaves are replaced or not, on the same node or another.
/// </remarks>
internal sealed class TreeCrashSchedule : IDisposable
{
    private const int Rounds = 2;
    private const int Clients = 4;
    private const int MaxActions = 10_000;

    private readonly Random _chance;
    private readonly TreeWorld _world;
    private readonly HashSet<(int Round, string Client, string Digest)> _acknowledged = [];
    private readonly Dictionary<string, (byte[] Update, long Examples)> _sent = new(StringComparer.Ordinal);
    private int _calls;

    public TreeCrashSchedule(int seed)
    {
        _chance = new Random(seed);
        _world = new TreeWorld(storage: new CrashDisk { KillAt = _chance.Next(1, 120) }) { Options = Make.Options(Rounds, min: 2, max: 3) };
        _world.Loses = _ => ++_calls < 200 && _chance.Next(20) == 0;
    }

    public int Kills { get; private set; }

    public void Dispose() => _world.Dispose();

    public async Task RunAsync()
    {
        for (var action = 0; _world.Top is not { Progress.ModelVersion: Rounds } || _world.Storage.Killed; action++)
        {
            Assert.True(action < MaxActions, "The federation does not come to an end.");
            try
            {
                await ActAsync(isCalm: action > MaxActions / 2);
            }
            catch (Exception) when (_world.Storage.Killed)
            {
                // Whatever it looked like from within.
            }
            if (_world.Storage.Killed)
            {
                Kills++;
                _world.Storage = _world.Storage.Restart(_chance);
                _world.Storage.KillAt = _chance.Next(3) > 0 ? _chance.Next(1, 80 * (1 + Kills)) : 0;
                await RestartTopAsync();
            }
        }
        for (var round = 1; round <= Rounds; round++)
            Verify(round);
    }

    private async Task ActAsync(bool isCalm)
    {
        if (_world.Top is null)
        {
            await RestartTopAsync();
            return;
        }
        switch (_chance.Next(isCalm ? 4 : 0, 32))
        {
            case 0:
                await RestartTopAsync();
                break;
            case 1 when Alive() is { Length: > 0 } alive:
                Kills++;
                var killed = alive[_chance.Next(alive.Length)];
                TreeWorld.Kill(killed);
                if (_chance.Next(3) > 0)
                    _world.AddLeaf(killed.Slot, _chance.Next(4) > 0 ? killed.Node : "n3");
                await PlanAsync();
                break;
            case 2 when _chance.Next(4) == 0:
                foreach (var member in Alive().Where(member => member.Node == "n1"))
                    TreeWorld.Kill(member);
                _world.LoseNode("n1");
                if (_world.TopNode == "n1")
                    await _world.StartTopAsync("n0");
                await PlanAsync();
                break;
            case 3 when Alive().Length < 3:
                _world.AddLeaf($"leaf-{_chance.Next(3)}", $"n{_chance.Next(3)}", isShared: _chance.Next(4) > 0);
                await PlanAsync();
                break;
            case 4:
                _world.Time.Advance(TimeSpan.FromSeconds(_chance.Next(1, 70)));
                break;
            case < 20:
                await PlayClientAsync($"c{_chance.Next(Clients)}");
                break;
            default:
                await _world.Top.StepAsync(CancellationToken.None);
                break;
        }
    }

    private TreeWorld.Member[] Alive() => [.. _world.Members.Where(member => member.IsAlive)];

    private async Task RestartTopAsync()
    {
        try
        {
            await _world.StartTopAsync(_chance.Next(3) > 0 ? $"n{_chance.Next(2)}" : null);
            await PlanAsync();
        }
        catch (Exception) when (_world.Storage.Killed)
        {
            // Dealt with by the caller.
        }
    }

    private Task PlanAsync() => _world.Top is null ? Task.CompletedTask : _world.PlanAsync();

    private async Task PlayClientAsync(string client)
    {
        var top = _world.Top!;
        if (_chance.Next(10) == 0)
            top.Join(new JoinRequest { Id = client, Examples = 10 });
        var (task, refusal) = await top.GetTaskAsync(client, TimeSpan.Zero, CancellationToken.None);
        if (refusal is { Kind: RefusalKind.UnknownClient })
            top.Join(new JoinRequest { Id = client, Examples = 10 });
        var round = task?.Round ?? Math.Max(1, top.Progress.Round);
        var url = task?.UpdateUrl ?? $"aggregators/leaf-{_chance.Next(3)}/";
        // Now and then a client trains anew and sends something else, or something that is no update.
        var update = Make.Update((round * 100) + client[1] + (_chance.Next(8) == 0 ? 1000 : 0));
        var examples = (round * 10) + client[1] - '0' + 1L;
        if (_chance.Next(12) == 0)
        {
            Assert.NotNull(await _world.SendAsync(url, round, client, [1, 2, 3], examples));
            return;
        }
        _sent[Make.Digest(update)] = (update, examples);
        if (await _world.SendAsync(url, round, client, update, examples) is null)
            _acknowledged.Add((round, client, Make.Digest(update)));
    }

    private void Verify(int round)
    {
        var manifest = JsonSerializer.Deserialize(_world.Storage.Read($"rounds/{round}/manifest.json"), FederationJsonContext.Default.RoundManifest)!;
        Assert.Equal(manifest.Included.Count, manifest.Included.Select(update => update.Client).Distinct().Count());
        Assert.InRange(manifest.Included.Count, 2, 3);
        foreach (var (_, client, digest) in _acknowledged.Where(update => update.Round == round))
        {
            var times = manifest.Included.Count(update => update.Client == client && update.Digest == digest)
                + manifest.NotIncluded.Count(update => update.Client == client && update.Digest == digest);
            Assert.True(times >= 1, $"round {round}: the acknowledged update {digest[..8]} of {client} is nowhere.");
        }
        var weights = _world.Storage.Read($"models/{round}/weights-{manifest.ModelDigest}.safetensors");
        Assert.Equal(manifest.ModelDigest, Make.Digest(weights));
        var expected = Make.Average(manifest.Included.Select(update => _sent[update.Digest]));
        foreach (var (actual, reference) in Make.Values(weights).Zip(expected))
            Assert.True(Math.Abs(actual - reference) <= 1e-6 * Math.Max(1, Math.Abs(reference)), $"round {round}: {actual} where the reference is {reference}.");
    }
}
