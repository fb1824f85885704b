using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Hearth.Kubernetes.Configuration;

/// <summary>Certificates out of PEM text; errors name where the text came from.</summary>
internal static class Pem
{
    public static X509Certificate2Collection Authorities(string pem, string source)
    {
        var certificates = new X509Certificate2Collection();
        Read(source, () => certificates.ImportFromPem(pem));
        if (certificates.Count == 0)
            throw new KubeConfigException($"{source} holds no certificate; a PEM block \"CERTIFICATE\" was expected.");
        return certificates;
    }

    /// <summary>The client's certificate with its key, followed by whatever other certificates the text holds.</summary>
    public static X509Certificate2Collection WithKey(string certificatePem, string keyPem, string source)
    {
        var chain = Authorities(certificatePem, source);
        Read(source, () => chain[0] = X509Certificate2.CreateFromPem(certificatePem, keyPem));
        return chain;
    }

    private static void Read(string source, Action read)
    {
        try
        {
            read();
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new KubeConfigException($"{source} is no readable PEM certificate or key: {e.Message}", e);
        }
    }
}
