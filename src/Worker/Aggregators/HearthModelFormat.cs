using Hearth.Api.FederatedAggregations;
using Hearth.Compute.Accelerators;
using Hearth.Federation.Models;
using Hearth.Training.Artifacts;
using Hearth.Training.Models;
using Hearth.Worker.Assignments;
using Hearth.Worker.Functions;
using Hearth.Worker.Models;

namespace Hearth.Worker.Aggregators;

/// <summary>Models of format Hearth, for a federation: the first one from an artifact, or from an architecture and a seed.</summary>
internal sealed class HearthModelFormat(
    FederatedAggregationSpec spec, HearthModelRuntime models, Accelerator accelerator, string assignmentId, ProgressLog progress) : IModelFormat
{
    // A valid reference to no file: the description's reader checks its form.
    private static readonly WeightsReference Unknown = new() { File = "weights.safetensors", Sha256 = new string('0', 64) };

    /// <inheritdoc/>
    public async Task<InitialModel> CreateAsync(CancellationToken cancellation)
    {
        using var network = spec.Model is { } reference
            ? await models.LoadAsync(reference, new FetchProgressLines(assignmentId, progress), cancellation)
            : Initialize();
        var manifest = new ModelManifest { FormatVersion = ModelManifest.CurrentVersion, Model = network.Model, Weights = Unknown };
        return new InitialModel(manifest.ToBytes(), network.ToTensors());
    }

    /// <inheritdoc/>
    public byte[] Describe(ReadOnlyMemory<byte> description, string weightsFile, string sha256) =>
        (ModelManifest.Parse(description, ModelManifest.FileName) with { Weights = new WeightsReference { File = weightsFile, Sha256 = sha256 } }).ToBytes();

    private Network Initialize()
    {
        var model = spec.Architecture!.ToModelSpec([], []);
        if (model.FindFaults().ToList() is { Count: > 0 } faults)
            throw AssignmentException.InvalidModel($"The architecture is no model: {string.Join("; ", faults)}.");
        var network = new Network(accelerator, model);
        network.Initialize((ulong)spec.Seed);
        return network;
    }
}
