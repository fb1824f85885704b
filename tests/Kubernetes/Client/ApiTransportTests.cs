using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;

namespace Hearth.Kubernetes.Tests.Client;

/// <summary>Real TLS against a server whose certificate a private authority signed, as in every cluster.</summary>
public sealed class ApiTransportTests : IAsyncLifetime
{
    private readonly X509Certificate2 _authority = MakeAuthority();
    private readonly WebApplication _server;

    public ApiTransportTests()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http1AndHttp2;
            listen.UseHttps(https =>
            {
                https.ServerCertificate = Issue("CN=server", "api.cluster.test");
                https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                https.AllowAnyClientCertificate();
            });
        }));
        _server = builder.Build();
        _server.MapGet("/{**path}", (RequestDelegate)(context =>
        {
            var user = context.Connection.ClientCertificate?.Subject ?? "nobody";
            return context.Response.WriteAsync(ConfigMaps.Json("a", 1, $"{user} by {context.Request.Protocol}"));
        }));
    }

    public Task InitializeAsync() => _server.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task GetAsync_AuthorityAndClientCertificate_AuthenticatesOverHttp2()
    {
        var user = Issue("CN=admin", "admin");
        var pem = Pem.WithKey(user.ExportCertificatePem(), user.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem(), "test");
        var configuration = Configuration() with { SslCaCerts = [_authority], TlsServerName = "api.cluster.test", ClientCertificates = pem };

        Assert.Equal("CN=admin by HTTP/2", await ReadAsync(configuration));
    }

    [Fact]
    public async Task GetAsync_AuthorityUnknown_IsRefused() => await Assert.ThrowsAsync<HttpRequestException>(() => ReadAsync(Configuration()));

    [Fact]
    public async Task GetAsync_CertificateForAnotherName_IsRefused() =>
        await Assert.ThrowsAsync<HttpRequestException>(() => ReadAsync(Configuration() with { SslCaCerts = [_authority] }));

    [Fact]
    public async Task GetAsync_SkipTlsVerify_AcceptsAnything() =>
        Assert.Equal("nobody by HTTP/2", await ReadAsync(Configuration() with { SkipTlsVerify = true }));

    private static X509Certificate2 MakeAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        return request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(2));
    }

    private X509Certificate2 Issue(string subject, string dnsName)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(dnsName);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        return request.Create(_authority, now.AddHours(-1), now.AddDays(1), RandomNumberGenerator.GetBytes(8)).CopyWithPrivateKey(key);
    }

    private KubernetesClientConfiguration Configuration() => new() { Host = _server.Urls.Single() };

    private static async Task<string> ReadAsync(KubernetesClientConfiguration configuration)
    {
        using var client = new KubernetesClient(configuration, TimeProvider.System);
        var found = await client.GetAsync<V1ConfigMap>("a", "ns");
        return found!.Data!["key"];
    }
}
