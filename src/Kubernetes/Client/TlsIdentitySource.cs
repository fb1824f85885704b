using System.Security.Cryptography.X509Certificates;
using Hearth.Kubernetes.Configuration;

namespace Hearth.Kubernetes.Client;

/// <summary>
/// What TLS connections are made with now. Files are read again every minute; one that cannot be read or used, such as a certificate whose
/// new key is not there yet, leaves things as they are until the next time.
/// </summary>
internal sealed class TlsIdentitySource(KubernetesClientConfiguration configuration, TimeProvider time, ExecPlugin? program)
{
    private readonly Lock _lock = new();
    private readonly FileText? _authorities = Of(configuration.SslCaFile, time);
    private readonly FileText? _certificate = Of(configuration.ClientCertificateFile, time);
    private readonly FileText? _key = Of(configuration.ClientKeyFile, time);
    private TlsIdentity _current = new(configuration.SslCaCerts, configuration.ClientCertificates);
    private (string? Authorities, string? Certificate, string? Key) _seen;

    public async ValueTask<TlsIdentity> CurrentAsync(CancellationToken cancel)
    {
        var current = FromFiles();
        return program is not null && (await program.CredentialAsync(cancel)).Certificates is { } issued ? current with { Client = issued } : current;
    }

    private static FileText? Of(string? path, TimeProvider time) => path is null ? null : new(path, time);

    private TlsIdentity FromFiles()
    {
        if (_authorities is null && _certificate is null)
            return _current;
        lock (_lock)
        {
            try
            {
                var now = (_authorities?.Read(), _certificate?.Read(), _key?.Read());
                if (now != _seen)
                    (_current, _seen) = (Parse(now), now);
            }
            catch (Exception e) when (e is IOException or KubeConfigException)
            {
            }
            return _current;
        }
    }

    // Only what was replaced is another object afterwards.
    private TlsIdentity Parse((string? Authorities, string? Certificate, string? Key) now)
    {
        var authorities = now.Authorities is null || now.Authorities == _seen.Authorities
            ? _current.Authorities
            : Pem.Authorities(now.Authorities, configuration.SslCaFile!);
        X509Certificate2Collection? client = now.Certificate is null || (now.Certificate, now.Key) == (_seen.Certificate, _seen.Key)
            ? _current.Client
            : Pem.WithKey(now.Certificate, now.Key ?? "", configuration.ClientCertificateFile!);
        return new(authorities, client);
    }
}
