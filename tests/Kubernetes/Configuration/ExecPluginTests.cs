using System.Net;
using System.Text;
using Hearth.Api.Core;
using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Configuration;
using Hearth.Kubernetes.Tests.Client;
using Hearth.Testing;

namespace Hearth.Kubernetes.Tests.Configuration;

/// <summary>Programs that say who the user is: real ones, which count how often they are asked.</summary>
public sealed class ExecPluginTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hearth-exec-");
    private readonly ManualTimeProvider _time = new();

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task CredentialAsync_UntilItExpires_AsksOnce()
    {
        using var plugin = new ExecPlugin(Program("""echo "{\"status\":{\"token\":\"t$(cat count | wc -l)\",\"expirationTimestamp\":\"2026-01-01T01:00:00Z\"}}"; echo x >> count"""), _time);

        Assert.Equal("t0", (await plugin.CredentialAsync(CancellationToken.None)).Token);
        Assert.Equal("t0", (await plugin.CredentialAsync(CancellationToken.None)).Token);
        _time.Advance(TimeSpan.FromHours(1));

        Assert.Equal("t1", (await plugin.CredentialAsync(CancellationToken.None)).Token);
    }

    [Fact]
    public async Task Send_TokenRefused_AsksAgainForTheNextCall()
    {
        var file = Path.Combine(_folder.FullName, "config");
        var program = Program("""echo "{\"status\":{\"token\":\"t$(cat count | wc -l)\"}}"; echo x >> count""");
        await File.WriteAllTextAsync(file, $"""
            current-context: c
            contexts:
            - name: c
              context:
                cluster: c
                user: u
            clusters:
            - name: c
              cluster:
                server: http://cluster.test
            users:
            - name: u
              user:
                exec:
                  apiVersion: client.authentication.k8s.io/v1
                  command: sh
                  args:
                  - -c
                  - '{program.Arguments[1].Replace("'", "''", StringComparison.Ordinal)}'
            """);
        var configuration = KubernetesClientConfiguration.BuildConfigFromConfigFile(file);
        using var server = new ScriptedServer();
        using var client = new KubernetesClient(configuration, ApiTransport.Chain(configuration, _time, server), _time);

        server.Answer("{}", HttpStatusCode.Unauthorized).Answer(ConfigMaps.Json("a", 1));
        await Assert.ThrowsAsync<KubernetesException>(() => client.GetAsync<V1ConfigMap>("a", "ns"));
        await client.GetAsync<V1ConfigMap>("a", "ns");

        Assert.Equal("Bearer t0", (await server.NextRequestAsync()).Authorization);
        Assert.Equal("Bearer t1", (await server.NextRequestAsync()).Authorization);
    }

    [Theory]
    [InlineData("echo no such account >&2; exit 3", "authenticates user \"u\" ended with 3: no such account.")]
    [InlineData("echo hello", "answered no ExecCredential: hello.")]
    [InlineData("echo '{\"status\":{}}'", "answered without status.token and status.clientCertificateData")]
    [InlineData("echo '{\"status\":{\"clientCertificateData\":\"x\"}}'", "without the other")]
    [InlineData("echo '{\"status\":{\"clientCertificateData\":\"x\",\"clientKeyData\":\"y\"}}'", "a certificate that cannot be used")]
    [InlineData("echo '{\"status\":{\"token\":\"t\",\"expirationTimestamp\":\"soon\"}}'", "answered no ExecCredential")]
    public async Task CredentialAsync_ProgramThatFails_IsNamedWithWhatItSaid(string script, string message)
    {
        using var plugin = new ExecPlugin(Program(script), _time);

        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => plugin.CredentialAsync(CancellationToken.None).AsTask());

        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CredentialAsync_Always_TellsTheProgramWhatItAsked()
    {
        var program = Program("""printf '{"status":{"token":"%s"}}' "$(printf %s "$KUBERNETES_EXEC_INFO" | base64 -w0)" """);
        using var plugin = new ExecPlugin(program with { Cluster = new() { ["server"] = "https://a" } }, _time);

        var told = Encoding.UTF8.GetString(Convert.FromBase64String((await plugin.CredentialAsync(CancellationToken.None)).Token!));

        Assert.Equal(
            """{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","spec":{"interactive":false,"cluster":{"server":"https://a"}}}""", told);
    }

    [Fact]
    public async Task CredentialAsync_NoSuchProgram_SaysWhereToGetIt()
    {
        using var plugin = new ExecPlugin(new ExecConfig("user \"u\"", "/nowhere/login", []) { InstallHint = "Get it from the shelf." }, _time);

        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => plugin.CredentialAsync(CancellationToken.None).AsTask());

        Assert.Contains("/nowhere/login", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Get it from the shelf.", failure.Message, StringComparison.Ordinal);
    }

    private ExecConfig Program(string script) => new("user \"u\"", "sh", ["-c", $"cd {_folder.FullName}; touch count; {script}"]);
}
