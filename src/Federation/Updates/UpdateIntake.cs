using System.Buffers;
using Hearth.Compute.Accelerators;
using Hearth.Federation.Models;
using Hearth.Federation.Protocol;
using Hearth.Federation.Storage;

namespace Hearth.Federation.Updates;

/// <summary>Receives updates into files of their own, and lets no byte of one count before all of it was checked.</summary>
/// <remarks>Memory taken is a buffer for each update under way; what is wrong with one is looked for in the file where it lies.</remarks>
internal sealed class UpdateIntake(IFederationStorage storage, Accelerator accelerator, ModelLayout layout, long epoch, int maxUploads) : IDisposable
{
    private readonly SemaphoreSlim _slots = new(maxUploads);
    private long _number;

    /// <summary>Receives and checks an update.</summary>
    /// <returns>The file, whose bytes are on the disk, under a temporary name; or why it is refused, and then nothing is left of it.</returns>
    /// <exception cref="IOException">The disk refused.</exception>
    public async Task<(string? File, Refusal? Refusal)> ReceiveAsync(UpdateUpload upload, CancellationToken cancellation)
    {
        if (upload.Length > layout.MaxUpdateBytes)
            return (null, UpdateCheck.TooLarge(upload, layout));
        await _slots.WaitAsync(cancellation);
        var path = OutputLayout.Temporary(OutputLayout.Updates(upload.Round), $"upload-{Interlocked.Increment(ref _number)}", epoch);
        try
        {
            using var scan = new UpdateScan(layout, upload.Length);
            var refusal = await CopyAsync(upload, path, scan, cancellation);
            if (refusal is null && !scan.IsSound)
                refusal = UpdateCheck.Of(() => storage.OpenTensors(path), layout, accelerator);
            if (refusal is null)
                return (path, null);
            storage.Delete(path);
            return (null, refusal);
        }
        catch
        {
            storage.Delete(path);
            throw;
        }
        finally
        {
            _slots.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _slots.Dispose();

    private async Task<Refusal?> CopyAsync(UpdateUpload upload, string path, UpdateScan scan, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(UpdateScan.PieceLength);
        await using var file = storage.Create(path);
        try
        {
            int read;
            while ((read = await upload.Body.ReadAsync(buffer, cancellation)) > 0)
            {
                scan.Append(buffer.AsSpan(0, read));
                if (scan.Received > layout.MaxUpdateBytes)
                    return UpdateCheck.TooLarge(upload, layout);
                await file.WriteAsync(buffer.AsMemory(0, read), cancellation);
            }
            var actual = scan.EndDigest();
            if (actual != upload.Digest)
                return UpdateCheck.OtherDigest(upload, actual);
            storage.Sync(file);
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
