using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;

namespace Hearth.Gateway.Federations;

/// <summary>The body with which a client joins, read without taking it away from whoever forwards it.</summary>
internal static class JoinBody
{
    // As much as an aggregator takes.
    private const int MaxBytes = 64 << 10;

    /// <summary>The id it names; null where it names none, or more than one in whatever spelling, or is no JSON.</summary>
    public static async Task<string?> ReadIdAsync(PipeReader body, CancellationToken cancel)
    {
        while (true)
        {
            var read = await body.ReadAsync(cancel);
            var isWhole = read.IsCompleted || read.Buffer.Length > MaxBytes;
            var id = read.IsCompleted && read.Buffer.Length <= MaxBytes ? ReadId(read.Buffer) : null;
            body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (isWhole)
                return id;
        }
    }

    private static string? ReadId(ReadOnlySequence<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return null;
            var ids = document.RootElement.EnumerateObject().Where(p => p.Name.Equals("id", StringComparison.OrdinalIgnoreCase)).ToArray();
            return ids is [{ Value.ValueKind: JsonValueKind.String } only] ? only.Value.GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
