using System.Buffers;
using System.Text.Json;
using System.Text.RegularExpressions;
using Hearth.Compute.Safetensors;
using Hearth.Training.Models;

namespace Hearth.Training.Artifacts;

/// <summary>Content of <c>model.json</c>.</summary>
public sealed partial record ModelManifest
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "model.json";

    /// <summary>The format that is written and read.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Largest file that is read: enough for a million features with a normalization each.</summary>
    public const int MaxLength = 32 << 20;

    // With one of these in it, a name beside a file or URI could lead elsewhere.
    private static readonly SearchValues<char> PathCharacters = SearchValues.Create(@"/\?#%:");

    /// <summary>Version of the format.</summary>
    public int FormatVersion { get; set; }

    /// <summary>What the model is.</summary>
    public ModelSpec Model { get; set; } = new();

    /// <summary>Where its weights are.</summary>
    public WeightsReference Weights { get; set; } = new();

    /// <summary>Reads and checks a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="source">What messages call it; the path where it is left out.</param>
    /// <exception cref="ModelFormatException">It is malformed; names every fault.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static ModelManifest Read(string path, string? source = null)
    {
        source ??= path;
        using var file = File.OpenRead(path);
        if (file.Length > MaxLength)
            throw new ModelFormatException(source, [$"it has {file.Length} bytes, expected {MaxLength} at most"]);
        return Parse(() => JsonSerializer.Deserialize(file, TrainingJsonContext.Default.ModelManifest), source);
    }

    /// <summary>Reads and checks the content of a file.</summary>
    /// <param name="content">The bytes.</param>
    /// <param name="source">What messages call it.</param>
    /// <exception cref="ModelFormatException">It is malformed; names every fault.</exception>
    public static ModelManifest Parse(ReadOnlyMemory<byte> content, string source) =>
        content.Length <= MaxLength
            ? Parse(() => JsonSerializer.Deserialize(content.Span, TrainingJsonContext.Default.ModelManifest), source)
            : throw new ModelFormatException(source, [$"it has {content.Length} bytes, expected {MaxLength} at most"]);

    /// <summary>Content of the file.</summary>
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, TrainingJsonContext.Default.ModelManifest);

    /// <summary>How tensors differ from those that the model needs.</summary>
    internal IEnumerable<string> FindFaults(SafetensorsHeader tensors)
    {
        var parameters = Network.LayOut(Model.BuildLayers());
        foreach (var fault in Network.FindFaults(parameters, tensors))
            yield return fault;
        foreach (var tensor in tensors.Tensors.ExceptBy(parameters.Select(parameter => parameter.Name), tensor => tensor.Name))
            yield return $"tensor \"{tensor.Name}\" belongs to no layer of the model";
    }

    private static ModelManifest Parse(Func<ModelManifest?> deserialize, string source)
    {
        ModelManifest manifest;
        try
        {
            manifest = deserialize() ?? throw new JsonException("It is null.");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw new ModelFormatException(source, [$"it is no JSON of the expected form: {e.Message}"], e);
        }
        if (manifest.FormatVersion != CurrentVersion)
            throw new ModelFormatException(source, [$"formatVersion is {manifest.FormatVersion}, expected {CurrentVersion}"]);
        return manifest.FindFaults().ToList() is { Count: > 0 } faults ? throw new ModelFormatException(source, faults) : manifest;
    }

    [GeneratedRegex("^[0-9a-f]{64}$")]
    private static partial Regex Sha256();

    private IEnumerable<string> FindFaults()
    {
        foreach (var fault in Model.FindFaults())
            yield return fault;
        if (Weights.File.Length == 0 || Weights.File.StartsWith('.') || Weights.File.AsSpan().ContainsAny(PathCharacters))
            yield return $"weights.file is '{Weights.File}', expected the name of a file beside {FileName}";
        if (!Sha256().IsMatch(Weights.Sha256))
            yield return $"weights.sha256 is '{Weights.Sha256}', expected 64 lower-case hexadecimal digits";
    }
}
