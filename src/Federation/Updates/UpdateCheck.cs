using Hearth.Compute;
using Hearth.Compute.Accelerators;
using Hearth.Compute.Safetensors;
using Hearth.Federation.Models;
using Hearth.Federation.Protocol;

namespace Hearth.Federation.Updates;

/// <summary>What an update must be before any byte of it counts.</summary>
internal static class UpdateCheck
{
    /// <summary>Most examples of a client: beyond what any federation needs, and far from where 64-bit floats stop counting.</summary>
    public const long MaxExamples = 1L << 40;

    /// <summary>What is wrong with an update's headers; null for nothing.</summary>
    public static Refusal? FindFault(UpdateUpload upload)
    {
        if (!ClientId.IsValid(upload.Client))
            return InvalidId(upload.Client);
        return upload.Examples is < 1 or > MaxExamples
            ? new Refusal(RefusalKind.InvalidRequest, $"{FederationHeaders.Examples} is {upload.Examples}, expected a number from 1 to {MaxExamples}.")
            : null;
    }

    /// <summary>A client's id is none.</summary>
    public static Refusal InvalidId(string? id) =>
        new(RefusalKind.InvalidRequest, $"The client's id '{(id is { Length: > 80 } ? id[..80] : id)}' is not {ClientId.Expected}.");

    /// <summary>Checks names, types, shapes and every element of an update, where it lies.</summary>
    /// <returns>Why it is refused, with every fault; null where it is sound.</returns>
    public static Refusal? Of(Func<SafetensorsContent> open, ModelLayout layout, Accelerator accelerator)
    {
        IReadOnlyList<string> faults;
        try
        {
            using var update = open();
            faults = layout.FindFaults(update.Header);
            if (faults.Count == 0)
                faults = [.. FindNonFinite(update, layout, accelerator)];
        }
        catch (SafetensorsFormatException e)
        {
            faults = [.. e.Faults.Select(fault => fault.Message)];
        }
        return faults.Count == 0 ? null : new Refusal(RefusalKind.InvalidUpdate, $"The body is no update of this model: {string.Join("; ", faults)}.", faults);
    }

    /// <summary>Its length says that it cannot be one.</summary>
    public static Refusal TooLarge(UpdateUpload upload, ModelLayout layout) => new(
        RefusalKind.TooLarge,
        $"The body{(upload.Length is { } length ? $" has {length} bytes and" : "")} is longer than the {layout.MaxUpdateBytes} bytes that an update of this model can have.");

    /// <summary>Its bytes are others than announced.</summary>
    public static Refusal OtherDigest(UpdateUpload upload, string actual) =>
        new(RefusalKind.DigestMismatch, $"The body has SHA-256 {actual}, but {FederationHeaders.ContentDigest} says {upload.Digest}. Send it again.");

    private static IEnumerable<string> FindNonFinite(SafetensorsContent update, ModelLayout layout, Accelerator accelerator)
    {
        using var stream = accelerator.CreateStream();
        foreach (var tensor in layout.Tensors)
        {
            using var elements = update.GetTensor(tensor.Name);
            using var memory = accelerator.Import(elements.Buffer);
            if (stream.CountNonFinite(memory.View, DataType.F32) is var count and > 0)
                yield return $"tensor \"{tensor.Name}\" has {count} values that are NaN or infinite";
        }
    }
}
