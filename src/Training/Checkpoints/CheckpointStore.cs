using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Hearth.Training.Artifacts;

namespace Hearth.Training.Checkpoints;

/// <summary>The checkpoints of one training, in a directory of their own.</summary>
/// <remarks>
/// A checkpoint is one file, <c>step-{step}-{SHA-256}.safetensors</c>. It appears by rename after its bytes are on disk, and its name says what
/// they must be: a file that lost some of them, whatever took them, is known by that.
/// </remarks>
/// <param name="directory">Where they lie; made when first written to.</param>
/// <param name="keep">How many are kept, at least 1. More than one, so that a damaged file costs some steps and not the training.</param>
public sealed partial class CheckpointStore(string directory, int keep = 2)
{
    private readonly int _keep = keep > 0 ? keep : throw new ArgumentOutOfRangeException(nameof(keep), keep, "One checkpoint or more is kept.");

    /// <summary>Writes a checkpoint, then deletes those beyond the number kept, the earliest first.</summary>
    /// <returns>The file.</returns>
    /// <exception cref="IOException">The disk refused; nothing of it is left.</exception>
    public async Task<string> SaveAsync(TrainingState state, CancellationToken cancellation = default)
    {
        var saved = await AtomicFile.WriteAsync(
            directory, "checkpoint", state.WriteAsync, digest => string.Create(CultureInfo.InvariantCulture, $"step-{state.Step:d12}-{digest}.safetensors"), cancellation);
        foreach (var (path, _, _) in List().Where(file => file.Path != saved.Path).Skip(_keep - 1))
            File.Delete(path);
        return saved.Path;
    }

    /// <summary>Opens the latest checkpoint whose bytes are those that were written; null where there is none.</summary>
    /// <param name="refused">Receives the later ones that were passed over.</param>
    public Checkpoint? TryOpenLatest(out IReadOnlyList<RefusedCheckpoint> refused)
    {
        List<RefusedCheckpoint> passedOver = [];
        refused = passedOver;
        foreach (var (path, _, digest) in List())
        {
            try
            {
                if (DigestOf(path) is var actual && actual != digest)
                    passedOver.Add(new(path, $"it has SHA-256 {actual}, expected {digest}: bytes were lost or changed after it was written"));
                else
                    return Checkpoint.Open(path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
            {
                passedOver.Add(new(path, e.Message));
            }
        }
        return null;
    }

    private static string DigestOf(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    [GeneratedRegex(@"^step-(?<step>\d{12,18})-(?<digest>[0-9a-f]{64})\.safetensors$")]
    private static partial Regex FileName();

    /// <summary>The checkpoints, latest first.</summary>
    private List<(string Path, long Step, string Digest)> List()
    {
        if (!Directory.Exists(directory))
            return [];
        var files =
            from path in Directory.EnumerateFiles(directory)
            let name = FileName().Match(Path.GetFileName(path))
            where name.Success
            let step = long.Parse(name.Groups["step"].Value, CultureInfo.InvariantCulture)
            orderby step descending, path
            select (path, step, name.Groups["digest"].Value);
        return [.. files];
    }
}
