using System.Security.Cryptography.X509Certificates;

namespace Hearth.Kubernetes.Configuration;

/// <summary>What a program gave to authenticate with: a token, a client certificate, or both.</summary>
/// <param name="Token">Bearer token, if any.</param>
/// <param name="Certificates">Client certificate with its key first, if any.</param>
/// <param name="Expires">When it must be asked for anew.</param>
internal sealed record ExecCredential(string? Token, X509Certificate2Collection? Certificates, DateTimeOffset Expires);
