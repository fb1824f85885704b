using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Hearth.Kubernetes.Configuration;

namespace Hearth.Kubernetes.Client;

/// <summary>Builds the handler chain: rate, retry, token, metric, socket.</summary>
internal static class ApiTransport
{
    public static HttpMessageHandler Build(KubernetesClientConfiguration configuration, TimeProvider time)
    {
        var program = Program(configuration, time);
        var source = new TlsIdentitySource(configuration, time, program);
        return Chain(configuration, time, new RotatingTransport(source, identity => Sockets(configuration, identity)), program);
    }

    /// <summary>The same chain over another innermost handler.</summary>
    public static HttpMessageHandler Chain(KubernetesClientConfiguration configuration, TimeProvider time, HttpMessageHandler innermost) =>
        Chain(configuration, time, innermost, Program(configuration, time));

    private static ExecPlugin? Program(KubernetesClientConfiguration configuration, TimeProvider time) =>
        configuration.Exec is { } exec ? new ExecPlugin(exec, time) : null;

    private static HttpMessageHandler Chain(
        KubernetesClientConfiguration configuration, TimeProvider time, HttpMessageHandler innermost, ExecPlugin? program)
    {
        var chain = new RetryAfterHandler(time)
        {
            InnerHandler = new AuthenticationHandler(configuration, time, program)
            {
                InnerHandler = new RequestMetricsHandler(time) { InnerHandler = innermost },
            },
        };
        return configuration.RequestsPerSecond is { } rate
            ? new RateLimitHandler(rate, configuration.RequestBurst, time) { InnerHandler = chain }
            : chain;
    }

    private static SocketsHttpHandler Sockets(KubernetesClientConfiguration configuration, TlsIdentity identity) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,

        // As in client-go: a proxy from the environment is not asked for a server on this machine.
        UseProxy = configuration.Proxy is not null || !(Uri.TryCreate(configuration.Host, UriKind.Absolute, out var host) && host.IsLoopback),
        Proxy = configuration.Proxy is { } proxy ? new WebProxy(proxy) : null,
        AutomaticDecompression = configuration.DisableCompression ? DecompressionMethods.None : DecompressionMethods.GZip,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        EnableMultipleHttp2Connections = true,

        // client-go's figures: a connection whose other end is gone is noticed within 45 seconds, idle watches included.
        KeepAlivePingDelay = TimeSpan.FromSeconds(30),
        KeepAlivePingTimeout = TimeSpan.FromSeconds(15),
        SslOptions = Tls(configuration, identity),
    };

    private static SslClientAuthenticationOptions Tls(KubernetesClientConfiguration configuration, TlsIdentity identity)
    {
        var options = new SslClientAuthenticationOptions { EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13 };
        if (identity.Client is { Count: > 0 } chain)
            options.ClientCertificateContext = SslStreamCertificateContext.Create(chain[0], chain, offline: true);
        if (identity.Authorities is { } authorities)
            options.CertificateChainPolicy = OnlyTrust(authorities);
        if (configuration.SkipTlsVerify || configuration.TlsServerName is not null)
            options.RemoteCertificateValidationCallback = (_, certificate, _, errors) => Accepts(configuration, certificate, errors);
        return options;
    }

    private static X509ChainPolicy OnlyTrust(X509Certificate2Collection authorities)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }

    private static bool Accepts(KubernetesClientConfiguration configuration, X509Certificate? certificate, SslPolicyErrors errors) =>
        configuration.SkipTlsVerify
        || ((errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None
            && certificate is X509Certificate2 typed
            && typed.MatchesHostname(configuration.TlsServerName!));
}
