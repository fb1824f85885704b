using System.Security.Cryptography;
using System.Text.Json;
using Hearth.Compute;
using Hearth.Compute.Accelerators;
using Hearth.Compute.Safetensors;
using Hearth.Training.Models;

namespace Hearth.Training.Artifacts;

/// <summary>A trained model as files: <c>model.json</c>, and safetensors beside it that hold the weights.</summary>
/// <remarks>
/// The weights' file is named for its digest, which <c>model.json</c> carries; <c>model.json</c> is replaced last, by rename. So a reader sees the old
/// model or the new one, and the digest of <c>model.json</c> stands for the whole. Weights of earlier models stay: someone may just be reading them.
/// </remarks>
public static class ModelArtifact
{
    /// <summary>Writes a model into a directory, in place of the one that is there.</summary>
    /// <returns>SHA-256 of <c>model.json</c>, 64 lower-case hexadecimal digits.</returns>
    /// <exception cref="IOException">The disk refused; the model that was there is untouched.</exception>
    public static async Task<string> SaveAsync(string directory, Network network, CancellationToken cancellation = default)
    {
        var tensors = network.ToTensors();
        try
        {
            var weights = await AtomicFile.WriteAsync(
                directory, "weights", (target, cancel) => SafetensorsWriter.WriteAsync(target, tensors, cancellationToken: cancel),
                digest => $"weights-{digest}.safetensors", cancellation);
            var manifest = new ModelManifest
            {
                FormatVersion = ModelManifest.CurrentVersion,
                Model = network.Model,
                Weights = new WeightsReference { File = Path.GetFileName(weights.Path), Sha256 = weights.Digest },
            };
            var written = await AtomicFile.WriteAsync(
                directory, "model", (target, cancel) => JsonSerializer.SerializeAsync(target, manifest, TrainingJsonContext.Default.ModelManifest, cancel),
                _ => ModelManifest.FileName, cancellation);
            return written.Digest;
        }
        finally
        {
            foreach (var tensor in tensors.Values)
                tensor.Dispose();
        }
    }

    /// <summary>Reads a model.</summary>
    /// <param name="path">Its directory, or the <c>model.json</c> in it.</param>
    /// <param name="accelerator">Where the weights go.</param>
    /// <exception cref="ModelFormatException">A file is malformed, or they do not fit each other; names every fault.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static Network Load(string path, Accelerator accelerator)
    {
        var manifestPath = Directory.Exists(path) ? Path.Combine(path, ModelManifest.FileName) : path;
        var manifest = ModelManifest.Read(manifestPath);
        var weightsPath = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(manifestPath))!, manifest.Weights.File);
        using (var file = File.OpenRead(weightsPath))
        {
            var actual = Convert.ToHexStringLower(SHA256.HashData(file));
            if (actual != manifest.Weights.Sha256)
                throw new ModelFormatException(weightsPath, [$"it has SHA-256 {actual}, but '{manifestPath}' expects {manifest.Weights.Sha256}"]);
        }
        return Load(manifest, weightsPath, weightsPath, accelerator);
    }

    /// <summary>Reads the weights of a model from a file whose digest was checked.</summary>
    /// <param name="manifest">The model.</param>
    /// <param name="weightsPath">The file.</param>
    /// <param name="source">What messages call it.</param>
    /// <param name="accelerator">Where the weights go.</param>
    /// <exception cref="ModelFormatException">The file is malformed, or does not hold the model's weights; names every fault.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static Network Load(ModelManifest manifest, string weightsPath, string source, Accelerator accelerator)
    {
        using var tensors = Open(weightsPath, source);
        // Before anything is allocated: what passes is no larger than the file.
        if (manifest.FindFaults(tensors.Header).ToList() is { Count: > 0 } faults)
            throw new ModelFormatException(source, faults);
        var network = new Network(accelerator, manifest.Model);
        try
        {
            network.Load(tensors, source);
            if (FindNonFinite(network).ToList() is { Count: > 0 } damaged)
                throw new ModelFormatException(source, damaged);
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    private static SafetensorsContent Open(string path, string source)
    {
        try
        {
            return SafetensorsContent.Open(path);
        }
        catch (SafetensorsFormatException e)
        {
            throw new ModelFormatException(source, [.. e.Faults.Select(fault => fault.Message)], e);
        }
    }

    private static IEnumerable<string> FindNonFinite(Network network)
    {
        using var stream = network.Accelerator.CreateStream();
        foreach (var parameter in network.Parameters)
        {
            var values = network.Values.SubView(parameter.Offset, parameter.Shape.ElementCount).Cast<byte>();
            if (stream.CountNonFinite(values, DataType.F32) is var count and > 0)
                yield return $"tensor \"{parameter.Name}\" has {count} values that are NaN or infinite";
        }
    }
}
