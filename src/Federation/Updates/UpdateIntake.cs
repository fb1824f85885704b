using System.Buffers;
using System.Security.Cryptography;
using Hearth.Compute.Accelerators;
using Hearth.Federation.Models;
using Hearth.Federation.Protocol;
using Hearth.Federation.Storage;

namespace Hearth.Federation.Updates;

/// <summary>Receives updates into files of their own, and lets no byte of one count before all of it was checked.</summary>
/// <remarks>Memory taken is a buffer for each update under way; the checks look at the file where it lies.</remarks>
internal sealed class UpdateIntake(IFederationStorage storage, Accelerator accelerator, ModelLayout layout, long epoch, int maxUploads) : IDisposable
{
    private const int BufferLength = 128 << 10;

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
            var refusal = await CopyAsync(upload, path, cancellation) ?? Check(path);
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

    private async Task<Refusal?> CopyAsync(UpdateUpload upload, string path, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferLength);
        await using var file = storage.Create(path);
        try
        {
            for (long length = 0; ;)
            {
                var read = await upload.Body.ReadAsync(buffer, cancellation);
                if (read == 0)
                    break;
                if ((length += read) > layout.MaxUpdateBytes)
                    return UpdateCheck.TooLarge(upload, layout);
                hash.AppendData(buffer, 0, read);
                await file.WriteAsync(buffer.AsMemory(0, read), cancellation);
            }
            var actual = Convert.ToHexStringLower(hash.GetHashAndReset());
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

    private Refusal? Check(string path) => UpdateCheck.Of(() => storage.OpenTensors(path), layout, accelerator);
}
