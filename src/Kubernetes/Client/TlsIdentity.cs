using System.Security.Cryptography.X509Certificates;

namespace Hearth.Kubernetes.Client;

/// <summary>What a TLS connection is made with. Two are equal when they hold the same collections.</summary>
/// <param name="Authorities">Who may have signed the server's certificate; null for those of the system.</param>
/// <param name="Client">Client certificate with its key first; null for none.</param>
internal sealed record TlsIdentity(X509Certificate2Collection? Authorities, X509Certificate2Collection? Client);
