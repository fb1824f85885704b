using System.Globalization;
using System.Text.Json;
using Hearth.Compute.Safetensors;

namespace Hearth.Training.Checkpoints;

/// <summary>A training as it stood when it was saved, read from a file.</summary>
public sealed class Checkpoint : IDisposable
{
    private Checkpoint(string path, SafetensorsContent tensors, long step, TrainingIdentity identity) =>
        (Path, Tensors, Step, Identity) = (path, tensors, step, identity);

    /// <summary>The file, or what messages call it.</summary>
    public string Path { get; }

    /// <summary>Steps taken.</summary>
    public long Step { get; }

    /// <summary>Which training it is.</summary>
    public TrainingIdentity Identity { get; }

    internal SafetensorsContent Tensors { get; }

    /// <inheritdoc/>
    public void Dispose() => Tensors.Dispose();

    /// <summary>Opens a file whose digest was checked.</summary>
    /// <exception cref="FormatException">It is no checkpoint.</exception>
    internal static Checkpoint Open(string path) => Open(path, SafetensorsContent.Open(path));

    /// <summary>Looks at the bytes of a checkpoint that another rank has opened.</summary>
    /// <exception cref="FormatException">They are no checkpoint.</exception>
    internal static Checkpoint Read(ReadOnlyMemory<byte> content, string source) => Open(source, SafetensorsContent.Read(content));

    private static Checkpoint Open(string path, SafetensorsContent tensors)
    {
        try
        {
            var metadata = tensors.Header.Metadata;
            if (metadata.GetValueOrDefault(TrainingState.FormatKey) is var format && format != TrainingState.Format)
                throw new FormatException($"its format is '{format}', expected '{TrainingState.Format}'");
            var step = long.Parse(metadata[TrainingState.StepKey], NumberStyles.None, CultureInfo.InvariantCulture);
            var identity = JsonSerializer.Deserialize(metadata[TrainingState.IdentityKey], TrainingJsonContext.Compact.TrainingIdentity);
            return new Checkpoint(path, tensors, step, identity ?? throw new FormatException("it names no training"));
        }
        catch (Exception e) when (e is KeyNotFoundException or JsonException)
        {
            tensors.Dispose();
            throw new FormatException($"its metadata is incomplete: {e.Message}", e);
        }
        catch
        {
            tensors.Dispose();
            throw;
        }
    }
}
