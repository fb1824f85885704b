using System.Net;
using Hearth.Api.FederatedAggregations;
using Hearth.Api.Models;
using Hearth.Api.Workers;
using Hearth.Compute;
using Hearth.Compute.Cpu;
using Hearth.Compute.Safetensors;
using Hearth.Federation.Client;
using Hearth.Federation.Protocol;
using Hearth.Testing;
using Hearth.Training;
using Hearth.Training.Artifacts;
using Hearth.Training.Datasets;
using Hearth.Training.Models;
using Hearth.Training.Optimizers;

namespace Hearth.Worker.Tests.Aggregators;

/// <summary>Whole federations over HTTP: clients that train, an aggregator that comes and goes.</summary>
public sealed class FederationTests
{
    private const int Clients = 5;
    private const int Rounds = 6;

    private static readonly Dataset Data = Draw(1200, seed: 1);
    private static readonly Dataset HeldOut = Draw(500, seed: 2);

    public static TheoryData<int> Seeds => [1, 2, 3];

    [Fact]
    public async Task Federation_OfFiveClients_LearnsDigits()
    {
        await using var world = await FederationWorld.StartAsync(Describe);

        var summaries = await RunClientsAsync(world.Http.BaseAddress!, new HttpClientHandler());

        Assert.All(summaries, summary => Assert.Equal((Rounds, Rounds, Rounds), (summary.Rounds.Count, summary.Included, summary.ModelVersion)));
        Assert.InRange(Accuracy(world.Output), 0.75, 1);
        var done = await world.UntilAsync(line => line.State == AssignmentState.Succeeded);
        Assert.Equal((Clients * Rounds, Clients * Rounds, 0), (done.Federation!.Received, done.Federation.Folded, done.Federation.Rejected));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Federation_WhoseAggregatorIsReplacedAgainAndAgain_GivesTheSameModel(int seed)
    {
        await using var undisturbed = await FederationWorld.StartAsync(Describe);
        await RunClientsAsync(undisturbed.Http.BaseAddress!, new HttpClientHandler());

        await using var world = await FederationWorld.StartAsync(Describe);
        await using var changing = new ChangingAggregator(world, new Random(seed));
        var summaries = await RunClientsAsync(world.Http.BaseAddress!, changing);

        Assert.All(summaries, summary => Assert.Equal((Rounds, Rounds), (summary.Included, summary.ModelVersion)));
        Assert.InRange(changing.Replacements, 2, int.MaxValue);
        // The order in which updates come decides the last bits of the sums, and nothing else does.
        var expected = Values(undisturbed.Output);
        Assert.All(Values(world.Output).Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-4));
    }

    private static void Describe(FederatedAggregationSpec spec)
    {
        spec.Architecture = new ArchitectureSpec
        {
            Kind = ArchitectureKind.Mlp,
            Hidden = [32],
            InputShape = [Digits.Size, Digits.Size],
            Classes = [.. Data.Classes],
            Scale = 1 / 255.0,
        };
        spec.Rounds = Rounds;
        spec.Clients = new ClientsSpec
        {
            MinPerRound = Clients,
            MaxPerRound = Clients,
            LocalWork = new LocalWorkSpec { Epochs = 10, BatchSize = 8, LearningRate = 0.2 },
        };
    }

    private static async Task<ParticipationSummary[]> RunClientsAsync(Uri url, HttpMessageHandler handler)
    {
        using var http = new HttpClient(handler, disposeHandler: false);
        using var accelerator = new CpuAccelerator(new CpuAcceleratorOptions { Threads = 1 });
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        var shards = DirichletPartition.Split(Data, Clients, 1, seed: 5);
        var options = new FederationClientOptions { FirstBackOff = TimeSpan.FromMilliseconds(5), LongestBackOff = TimeSpan.FromMilliseconds(50) };
        return await Task.WhenAll(shards.Select((shard, index) => Task.Run(() => RunAsync(shard, index))));

        async Task<ParticipationSummary> RunAsync(int[] shard, int index)
        {
            var client = new FederationClient(http, url, options, new Random(index), TimeProvider.System);
            try
            {
                return await new FederationParticipant(client, $"c{index}", new TestTrainer(accelerator, Data.Take(shard))).RunAsync(patience.Token);
            }
            catch
            {
                // The others would wait for this one.
                await patience.CancelAsync();
                throw;
            }
        }
    }

    private static double Accuracy(string output)
    {
        using var accelerator = new CpuAccelerator();
        using var network = ModelArtifact.Load(output, accelerator);
        return new Classifier(network).Evaluate(HeldOut).Accuracy;
    }

    private static float[] Values(string output)
    {
        using var accelerator = new CpuAccelerator();
        using var network = ModelArtifact.Load(output, accelerator);
        var values = new float[network.Values.Length];
        accelerator.DefaultStream.CopyToCPU(network.Values, values.AsSpan());
        return values;
    }

    private static Dataset Draw(int count, int seed)
    {
        var (pixels, labels) = Digits.Draw(count, seed);
        return new Dataset(pixels, labels, TensorShape.Of(Digits.Size, Digits.Size), [.. "0123456789".Select(digit => digit.ToString())]);
    }

    /// <summary>
    /// Sends requests to the federation's aggregator, and replaces it now and then by another worker: the one before it goes on living, or is stopped, and
    /// some requests still go there, as they would by a gateway that has not heard of it yet.
    /// </summary>
    private sealed class ChangingAggregator(FederationWorld first, Random chance) : DelegatingHandler(new HttpClientHandler()), IAsyncDisposable
    {
        private readonly SemaphoreSlim _turn = new(1);
        private readonly List<TestWorker> _workers = [first.Worker];

        public int Replacements { get; private set; }

        public async ValueTask DisposeAsync()
        {
            foreach (var worker in _workers.Skip(1))
                await worker.DisposeAsync();
        }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.RequestUri = new Uri(await ChooseAsync(), request.RequestUri!.PathAndQuery);
            return await base.SendAsync(request, cancellationToken);
        }

        private async Task<Uri> ChooseAsync()
        {
            await _turn.WaitAsync();
            try
            {
                if (chance.Next(15) == 0)
                    await ReplaceAsync();
                return (chance.Next(10) == 0 ? _workers[chance.Next(_workers.Count)] : _workers[^1]).Server.DataUrl;
            }
            finally
            {
                _turn.Release();
            }
        }

        private async Task ReplaceAsync()
        {
            Replacements++;
            if (chance.Next(2) == 0)
                (await _workers[^1].Control.DeleteAsync("/assignment")).Dispose();
            var next = await TestWorker.StartAsync();
            await next.ServeAsync(first.Describe(Describe, id: $"a{_workers.Count + 1}"));
            _workers.Add(next);
        }
    }

    private sealed class TestTrainer(CpuAccelerator accelerator, Dataset data) : ILocalTrainer
    {
        public long Examples => data.Count;

        public async Task<byte[]> TrainAsync(ClientTask task, ReadOnlyMemory<byte> manifest, ReadOnlyMemory<byte> weights, CancellationToken cancellation)
        {
            var work = task.LocalWork!;
            var options = new TrainingOptions { Seed = (ulong)task.Seed!, BatchSize = work.BatchSize, Optimizer = new SgdSpec { LearningRate = (float)work.LearningRate } };
            using var trainer = new Trainer(accelerator, ModelManifest.Parse(manifest, "model.json").Model, data, options);
            using (var tensors = SafetensorsContent.Read(weights))
                trainer.Network.Load(tensors, "model");
            while (trainer.Step < (long)work.Epochs * trainer.StepsPerEpoch)
                trainer.TakeStep();
            using var content = new MemoryStream();
            var update = trainer.Network.ToTensors();
            await SafetensorsWriter.WriteAsync(content, update, cancellationToken: cancellation);
            foreach (var tensor in update.Values)
                tensor.Dispose();
            return content.ToArray();
        }
    }
}
