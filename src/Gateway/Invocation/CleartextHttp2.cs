using System.Buffers;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Hearth.Gateway.Invocation;

/// <summary>HTTP/1.1 and HTTP/2 without TLS on one port.</summary>
/// <remarks>
/// The server decides between the two by what TLS negotiated, and without TLS always takes HTTP/1.1. A client that speaks HTTP/2 with prior
/// knowledge (RFC 9113, section 3.3) sends a fixed preface first; where we see it, we tell the server that HTTP/2 was negotiated.
/// </remarks>
internal static class CleartextHttp2
{
    private static readonly TimeSpan FirstByteTimeout = TimeSpan.FromMinutes(2);

    private static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n"u8;

    /// <summary>Looks at the first bytes of each connection.</summary>
    public static void UseHttp2PriorKnowledge(this ListenOptions listen, TimeProvider time) => listen.Use(next => async connection =>
    {
        if (await StartsWithPrefaceAsync(connection, time))
        {
            var negotiated = new NegotiatedHttp2();
            connection.Features.Set<ITlsConnectionFeature>(negotiated);
            connection.Features.Set<ITlsApplicationProtocolFeature>(negotiated);
        }
        await next(connection);
    });

    private static async ValueTask<bool> StartsWithPrefaceAsync(ConnectionContext connection, TimeProvider time)
    {
        using var silent = new CancellationTokenSource(FirstByteTimeout, time);
        var input = connection.Transport.Input;
        while (true)
        {
            var read = await input.ReadAsync(silent.Token);
            var isWhole = read.Buffer.Length >= Preface.Length;
            var matches = CanBePreface(read.Buffer);
            var decided = !matches || isWhole || read.IsCompleted;
            input.AdvanceTo(read.Buffer.Start, decided ? read.Buffer.Start : read.Buffer.End);
            if (decided)
                return matches && isWhole;
        }
    }

    private static bool CanBePreface(ReadOnlySequence<byte> received)
    {
        Span<byte> start = stackalloc byte[(int)Math.Min(received.Length, Preface.Length)];
        received.Slice(0, start.Length).CopyTo(start);
        return Preface.StartsWith(start);
    }

    private sealed class NegotiatedHttp2 : ITlsConnectionFeature, ITlsApplicationProtocolFeature
    {
        public X509Certificate2? ClientCertificate { get; set; }

        public ReadOnlyMemory<byte> ApplicationProtocol { get; } = "h2"u8.ToArray();

        public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken) => Task.FromResult<X509Certificate2?>(null);
    }
}
