using System.Globalization;
using Hearth.Cli.Federations;
using Hearth.Compute.Cpu;
using Hearth.Federation.Client;
using Hearth.Federation.Protocol;
using Hearth.Training.Datasets;

namespace Hearth.Cli.Demos.Federated;

/// <summary>The clients of a federation, in this process: each has examples of its own and speaks HTTP with the gateway, as <c>hearth client</c> does.</summary>
internal sealed class ClientCrowd : IDisposable
{
    private readonly CpuAccelerator _accelerator = new(new() { Threads = 1 });
    private readonly SemaphoreSlim _cores = new(Environment.ProcessorCount);
    private readonly HttpClient _http;
    private readonly Uri _federation;
    private readonly IReadOnlyList<Dataset> _shards;
    private readonly TimeProvider _time;

    /// <summary>Clients for each of the shards; <paramref name="http"/> stays its owner's.</summary>
    public ClientCrowd(HttpClient http, Uri federation, IReadOnlyList<Dataset> shards, TimeProvider time)
    {
        _http = http;
        _federation = federation;
        _shards = shards;
        _time = time;
    }

    /// <summary>Lets every client take part to the end.</summary>
    /// <exception cref="CommandException">One was refused for good; the others are stopped.</exception>
    public async Task RunAsync(CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var clients = _shards.Select((shard, index) => RunAsync(index, shard, stop.Token)).ToList();
        try
        {
            await foreach (var client in Task.WhenEach(clients))
                await client;
        }
        catch (FederationClientException e)
        {
            throw new CommandException(e.Message);
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(clients).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>The name of a client.</summary>
    public static string NameOf(int index) => string.Create(CultureInfo.InvariantCulture, $"client-{index + 1:00}");

    /// <inheritdoc/>
    public void Dispose()
    {
        _cores.Dispose();
        _accelerator.Dispose();
    }

    private async Task RunAsync(int index, Dataset shard, CancellationToken cancel)
    {
        var client = new FederationClient(_http, _federation, new(), new(index), _time);
        var trainer = new PoliteTrainer(new LocalTrainer(_accelerator, shard), _cores);
        await new FederationParticipant(client, NameOf(index), trainer).RunAsync(cancel);
    }

    /// <summary>Trains on a thread of its own, and only when a core is free: the cluster lives in the same process.</summary>
    private sealed class PoliteTrainer(LocalTrainer trainer, SemaphoreSlim cores) : ILocalTrainer
    {
        public long Examples => trainer.Examples;

        public async Task<byte[]> TrainAsync(ClientTask task, ReadOnlyMemory<byte> manifest, ReadOnlyMemory<byte> weights, CancellationToken cancellation)
        {
            await cores.WaitAsync(cancellation);
            try
            {
                return await Task.Run(() => trainer.TrainAsync(task, manifest, weights, cancellation), cancellation);
            }
            finally
            {
                cores.Release();
            }
        }
    }
}
