using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Configuration;
using Hearth.Testing;
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
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hearth-tls-");
    private readonly ManualTimeProvider _time = new();
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
            if (user == "CN=refused")
                context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return context.Response.WriteAsync(ConfigMaps.Json("a", 1, $"{user} by {context.Request.Protocol}"));
        }));
    }

    public Task InitializeAsync() => _server.StartAsync();

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Delete(recursive: true);
    }

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

    [Fact]
    public async Task GetAsync_ClientCertificateReplaced_IsAnotherUserWithinAMinute()
    {
        var (certificate, key) = (PathOf("user.crt"), PathOf("user.key"));
        using var client = Client(Trusting() with { ClientCertificateFile = certificate, ClientKeyFile = key });
        Write(certificate, key, Issue("CN=one", "one"));
        Assert.Equal("CN=one by HTTP/2", await ReadAsync(client));

        Write(certificate, key, Issue("CN=two", "two"));
        Assert.Equal("CN=one by HTTP/2", await ReadAsync(client));
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal("CN=two by HTTP/2", await ReadAsync(client));
    }

    [Fact]
    public async Task GetAsync_NewCertificateWithoutItsKey_GoesOnWithTheOld()
    {
        var (certificate, key) = (PathOf("user.crt"), PathOf("user.key"));
        using var client = Client(Trusting() with { ClientCertificateFile = certificate, ClientKeyFile = key });
        Write(certificate, key, Issue("CN=one", "one"));
        await ReadAsync(client);

        var two = Issue("CN=two", "two");
        await File.WriteAllTextAsync(certificate, two.ExportCertificatePem());
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("CN=one by HTTP/2", await ReadAsync(client));
        Write(certificate, key, two);
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal("CN=two by HTTP/2", await ReadAsync(client));
    }

    [Fact]
    public async Task GetAsync_AuthorityReplaced_IsTrustedWithinAMinute()
    {
        var file = PathOf("ca.crt");
        await File.WriteAllTextAsync(file, MakeAuthority().ExportCertificatePem());
        using var client = Client(Configuration() with { SslCaFile = file, TlsServerName = "api.cluster.test" });
        await Assert.ThrowsAsync<HttpRequestException>(() => ReadAsync(client));

        await File.WriteAllTextAsync(file, _authority.ExportCertificatePem());
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal("nobody by HTTP/2", await ReadAsync(client));
    }

    [Fact]
    public async Task GetAsync_CertificateOfAProgram_IsReplacedWhenTheServerRefusesIt()
    {
        foreach (var user in (string[])["CN=refused", "CN=one"])
        {
            var issued = Issue(user, "user");
            var status = new JsonObject
            {
                ["clientCertificateData"] = issued.ExportCertificatePem(),
                ["clientKeyData"] = issued.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem(),
            };
            await File.WriteAllTextAsync(PathOf(user), new JsonObject { ["status"] = status }.ToJsonString());
        }
        var program = new ExecConfig("user \"u\"", "sh", ["-c", $"cd {_folder.FullName}; cat CN=refused || cat CN=one; rm -f CN=refused"]);
        using var client = Client(Trusting() with { Exec = program });

        var refusal = await Assert.ThrowsAsync<KubernetesException>(() => ReadAsync(client));
        Assert.Equal(HttpStatusCode.Unauthorized, refusal.Code);

        Assert.Equal("CN=one by HTTP/2", await ReadAsync(client));
    }

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

    private KubernetesClientConfiguration Trusting() => Configuration() with { SslCaCerts = [_authority], TlsServerName = "api.cluster.test" };

    private KubernetesClient Client(KubernetesClientConfiguration configuration) => new(configuration, _time);

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);

    private static void Write(string certificate, string key, X509Certificate2 issued)
    {
        File.WriteAllText(certificate, issued.ExportCertificatePem());
        File.WriteAllText(key, issued.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
    }

    private static async Task<string> ReadAsync(KubernetesClientConfiguration configuration)
    {
        using var client = new KubernetesClient(configuration, TimeProvider.System);
        return await ReadAsync(client);
    }

    private static async Task<string> ReadAsync(KubernetesClient client)
    {
        var found = await client.GetAsync<V1ConfigMap>("a", "ns");
        return found!.Data!["key"];
    }
}
