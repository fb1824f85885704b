using Hearth.Compute;
using Hearth.Compute.Accelerators;
using Hearth.Compute.Safetensors;
using Hearth.Federation.Models;
using Hearth.Federation.Protocol;
using Hearth.Federation.Updates;
using Hearth.Transport.Shares;

namespace Hearth.Federation.Tree;

/// <summary>Receives updates into the memory of the node, where they are folded, and seals them once all of each was checked.</summary>
internal sealed class LeafIntake(NodeShare share, Accelerator accelerator, ModelLayout layout, TimeProvider time)
{
    // A client that sends slower than a bad mobile link keeps memory from others.
    private const double SlowestBytesPerSecond = 16 << 10;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Receives and checks an update; when this returns null, it is sealed under the name.</summary>
    /// <exception cref="ShareException">There is no memory for it, or it is being received already.</exception>
    public async Task<Refusal?> ReceiveAsync(UpdateUpload upload, string name, CancellationToken cancellation)
    {
        if (upload.Length > layout.MaxUpdateBytes)
            return UpdateCheck.TooLarge(upload, layout);
        var length = upload.Length ?? layout.MaxUpdateBytes;
        using var late = new CancellationTokenSource(Patience + TimeSpan.FromSeconds(length / SlowestBytesPerSecond), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token);
        try
        {
            using var draft = await share.CreateAsync(name, length, either.Token);
            using var scan = new UpdateScan(layout, upload.Length);
            var refusal = await CopyAsync(upload, draft, scan, either.Token);
            if (refusal is null && !scan.IsSound)
                refusal = UpdateCheck.Of(() => new SafetensorsContent(HostBuffer.Wrap(draft.Buffer.Address, scan.Received, NoOwner.Instance)), layout, accelerator);
            if (refusal is null)
                draft.Seal(scan.Received).Dispose();
            return refusal;
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return new Refusal(
                RefusalKind.Incomplete, $"The update was not there within {Patience.TotalSeconds + (length / SlowestBytesPerSecond):0} s: the sender is slow, or the node's memory taken. Send it again.");
        }
        catch (IOException e)
        {
            return new Refusal(RefusalKind.Incomplete, $"The update could not be received: {e.Message} Send it again.");
        }
    }

    private async Task<Refusal?> CopyAsync(UpdateUpload upload, ShareDraft draft, UpdateScan scan, CancellationToken cancellation)
    {
        while (scan.Received < draft.Length)
        {
            var piece = draft.Buffer.AsMemory(scan.Received, (int)Math.Min(UpdateScan.PieceLength, draft.Length - scan.Received));
            var read = await upload.Body.ReadAsync(piece, cancellation);
            if (read == 0)
                break;
            scan.Append(piece.Span[..read]);
        }
        // One byte more tells whether the body goes on.
        if (scan.Received == draft.Length && await upload.Body.ReadAsync(new byte[1], cancellation) > 0)
            return UpdateCheck.TooLarge(upload with { Length = null }, layout);
        var actual = scan.EndDigest();
        return actual == upload.Digest ? null : UpdateCheck.OtherDigest(upload, actual);
    }
}
