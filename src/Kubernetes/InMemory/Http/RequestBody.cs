using Microsoft.AspNetCore.Http;

namespace Hearth.Kubernetes.InMemory.Http;

/// <summary>Reads the bodies of requests within Kubernetes' limit.</summary>
/// <remarks>
/// Most clients hear no answer before they have sent their whole body, and lose it when the connection is closed on them meanwhile. So a body over the limit is
/// refused when that is known, and what still comes of it is taken and thrown away, by Kestrel after the answer: up to
/// <see cref="MaxDrained"/>, beyond which the connection is closed, and for as long as Kestrel waits for it (5 s).
/// </remarks>
internal static class RequestBody
{
    /// <summary>As Kubernetes limits it.</summary>
    public const int MaxBytes = 3 * 1024 * 1024;

    /// <summary>The longest body whose sender is sure to hear that it is too long; Kestrel's own limit.</summary>
    public const int MaxDrained = 16 * MaxBytes;

    /// <summary>The whole body.</summary>
    /// <exception cref="StatusException">413: it is over the limit.</exception>
    public static async Task<byte[]> ReadAsync(HttpRequest request, CancellationToken cancel)
    {
        if (request.ContentLength > MaxBytes)
            throw Refusal.TooLarge(MaxBytes);
        using var buffer = new MemoryStream((int)(request.ContentLength ?? 0));
        while (true)
        {
            var read = await request.BodyReader.ReadAsync(cancel);
            foreach (var part in read.Buffer)
                buffer.Write(part.Span);
            request.BodyReader.AdvanceTo(read.Buffer.End);
            if (buffer.Length > MaxBytes)
                throw Refusal.TooLarge(MaxBytes);
            if (read.IsCompleted)
                return buffer.ToArray();
        }
    }
}
