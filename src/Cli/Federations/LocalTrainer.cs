using Hearth.Compute.Accelerators;
using Hearth.Compute.Safetensors;
using Hearth.Federation.Client;
using Hearth.Federation.Protocol;
using Hearth.Training;
using Hearth.Training.Artifacts;
using Hearth.Training.Datasets;
using Hearth.Training.Models;
using Hearth.Training.Optimizers;

namespace Hearth.Cli.Federations;

/// <summary>Trains the built-in models on data of this machine, by plain stochastic gradient descent as FedAvg has it.</summary>
/// <param name="accelerator">Where to train; stays its owner's.</param>
/// <param name="data">On what.</param>
internal sealed class LocalTrainer(Accelerator accelerator, Dataset data) : ILocalTrainer
{
    /// <inheritdoc/>
    public long Examples => data.Count;

    /// <inheritdoc/>
    public async Task<byte[]> TrainAsync(ClientTask task, ReadOnlyMemory<byte> manifest, ReadOnlyMemory<byte> weights, CancellationToken cancellation)
    {
        var work = task.LocalWork ?? throw new FederationClientException("The task does not say how to train.");
        if (task.Codec is not (null or "None"))
            throw new FederationClientException($"The task asks for codec {task.Codec}; this client sends plain tensors only.");
        var model = ModelManifest.Parse(manifest, task.ManifestUrl ?? ModelManifest.FileName).Model;
        var options = new TrainingOptions
        {
            Seed = (ulong)(task.Seed ?? 0),
            BatchSize = work.BatchSize,
            Optimizer = new SgdSpec { LearningRate = (float)work.LearningRate },
        };
        using var trainer = new Trainer(accelerator, model, data.WithClasses([.. model.Classes]), options);
        Load(trainer.Network, weights, task.ModelUrl);
        for (var step = 0L; step < (long)work.Epochs * trainer.StepsPerEpoch; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            trainer.TakeStep();
        }
        return await WriteAsync(trainer.Network, cancellation);
    }

    /// <summary>Measures a model on the same data.</summary>
    public Evaluation Evaluate(ReadOnlyMemory<byte> manifest, ReadOnlyMemory<byte> weights)
    {
        var model = ModelManifest.Parse(manifest, ModelManifest.FileName).Model;
        using var network = new Network(accelerator, model);
        Load(network, weights, null);
        return new Classifier(network).Evaluate(data.WithClasses([.. model.Classes]));
    }

    private static void Load(Network network, ReadOnlyMemory<byte> weights, string? source)
    {
        using var tensors = SafetensorsContent.Read(weights);
        network.Load(tensors, source ?? "the model");
    }

    private static async Task<byte[]> WriteAsync(Network network, CancellationToken cancellation)
    {
        using var content = new MemoryStream();
        var tensors = network.ToTensors();
        try
        {
            await SafetensorsWriter.WriteAsync(content, tensors, cancellationToken: cancellation);
        }
        finally
        {
            foreach (var tensor in tensors.Values)
                tensor.Dispose();
        }
        return content.ToArray();
    }
}
