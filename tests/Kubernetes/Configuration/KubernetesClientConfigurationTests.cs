using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Hearth.Kubernetes.Configuration;

namespace Hearth.Kubernetes.Tests.Configuration;

public sealed class KubernetesClientConfigurationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hearth-kubeconfig-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void BuildConfigFromConfigFile_EverythingInline_IsRead()
    {
        var (certificate, key) = MakeCertificate();
        var config = Build($"""
            current-context: here
            contexts:
            - name: here
              context: {"{cluster: c, user: u, namespace: team}"}
            clusters:
            - name: c
              cluster:
                server: https://10.0.0.1:6443
                certificate-authority-data: {Base64(certificate)}
            users:
            - name: u
              user:
                client-certificate-data: {Base64(certificate)}
                client-key-data: {Base64(key)}
                token: secret
            """);

        Assert.Equal(("https://10.0.0.1:6443", "team", "here", "secret"), (config.Host, config.Namespace, config.CurrentContext, config.AccessToken));
        Assert.Single(config.SslCaCerts!);
        Assert.True(config.ClientCertificates![0].HasPrivateKey);
        Assert.False(config.SkipTlsVerify);
    }

    [Fact]
    public void BuildConfigFromConfigFile_RelativeFiles_AreRelativeToTheConfig()
    {
        var (certificate, key) = MakeCertificate();
        Directory.CreateDirectory(Path.Combine(_folder, "pki"));
        File.WriteAllText(Path.Combine(_folder, "pki", "ca.crt"), certificate);
        File.WriteAllText(Path.Combine(_folder, "pki", "user.key"), key);

        var config = Build("""
            current-context: here
            contexts: [{name: here, context: {cluster: c, user: u}}]
            clusters: [{name: c, cluster: {server: "https://a", certificate-authority: pki/ca.crt}}]
            users: [{name: u, user: {client-certificate: pki/ca.crt, client-key: pki/user.key, tokenFile: pki/token}}]
            """);

        Assert.Single(config.SslCaCerts!);
        Assert.True(config.ClientCertificates![0].HasPrivateKey);
        Assert.Equal(("ca.crt", "ca.crt", "user.key"), (Name(config.SslCaFile), Name(config.ClientCertificateFile), Name(config.ClientKeyFile)));
        Assert.Equal(Path.Combine(_folder, "pki", "token"), config.TokenFile);
        Assert.Equal("default", config.Namespace);
    }

    [Fact]
    public void Build_InsecureSkipTlsVerify_IsRefusedUnlessAsked()
    {
        var config = KubeConfig.Load([Write("""
            current-context: here
            contexts: [{name: here, context: {cluster: c}}, {name: safe, context: {cluster: s}}]
            clusters:
            - {name: c, cluster: {server: "https://a", insecure-skip-tls-verify: true}}
            - {name: s, cluster: {server: "https://a", insecure-skip-tls-verify: false}}
            """)]);

        var refusal = Assert.Throws<KubeConfigException>(() => config.Build(null, _ => null));

        Assert.Contains("insecure-skip-tls-verify of cluster \"c\" is true", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("allow it with HEARTH_INSECURE_SKIP_TLS_VERIFY=true", refusal.Message, StringComparison.Ordinal);
        Assert.True(config.Build(null, name => name == "HEARTH_INSECURE_SKIP_TLS_VERIFY" ? "true" : null).SkipTlsVerify);
        Assert.False(config.Build("safe", _ => "true").SkipTlsVerify);
    }

    [Fact]
    public void BuildConfigFromConfigFile_PasswordAndImpersonation_AreRead()
    {
        var config = Build(Base + """
            user: {username: ann, password: secret, as: bob, as-uid: "7", as-groups: [dev, ops], as-user-extra: {reason: [test]}}}]
            """);

        Assert.Equal(("ann", "secret"), (config.Username, config.Password));
        Assert.Equal(("bob", "7", "dev ops"), (config.ActAs!.User, config.ActAs.Uid, string.Join(' ', config.ActAs.Groups)));
        Assert.Equal(["test"], config.ActAs.Extra["reason"]);
    }

    [Fact]
    public void BuildConfigFromConfigFile_ClusterOptions_AreRead()
    {
        var config = Build("""
            current-context: here
            contexts: [{name: here, context: {cluster: c, user: u}}]
            clusters: [{name: c, cluster: {server: "https://a", proxy-url: "socks5://proxy:1080", tls-server-name: api, disable-compression: true}}]
            users: [{name: u, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: bin/login, provideClusterInfo: true}}}]
            """);

        Assert.Equal(("socks5://proxy:1080/", "api", true), (config.Proxy!.AbsoluteUri, config.TlsServerName, config.DisableCompression));
        Assert.Equal(Path.Combine(_folder, "bin", "login"), config.Exec!.Command);
        Assert.Equal("""{"server":"https://a","insecure-skip-tls-verify":false,"tls-server-name":"api","proxy-url":"socks5://proxy:1080"}""", config.Exec.Cluster!.ToJsonString());
    }

    [Fact]
    public void BuildConfigFromConfigFile_ContextGiven_WinsOverTheCurrent()
    {
        var file = Write("""
            current-context: one
            contexts: [{name: one, context: {cluster: a}}, {name: two, context: {cluster: b}}]
            clusters: [{name: a, cluster: {server: "https://a"}}, {name: b, cluster: {server: "https://b"}}]
            """);

        Assert.Equal("https://b", KubernetesClientConfiguration.BuildConfigFromConfigFile(file, "two").Host);
    }

    [Fact]
    public void Load_SeveralFiles_FirstWinsAndMissingOnesAreSkipped()
    {
        var first = Write("current-context: here\nclusters: [{name: c, cluster: {server: \"https://first\"}}]", "first");
        var second = Write("contexts: [{name: here, context: {cluster: c}}]\nclusters: [{name: c, cluster: {server: \"https://second\"}}]", "second");

        Assert.Equal("https://first", KubeConfig.Load([Path.Combine(_folder, "none"), first, second]).Build(null, _ => null).Host);
    }

    [Theory]
    [InlineData("contexts: []", "has no current-context")]
    [InlineData("current-context: x", "has no context \"x\"")]
    [InlineData("current-context: x\ncontexts: [{name: x, context: {}}]", "context \"x\" has no cluster")]
    [InlineData("current-context: x\ncontexts: [{name: x, context: {cluster: c}}]", "names the cluster \"c\", which is not among its clusters")]
    [InlineData("current-context: x\ncontexts: [{name: x, context: {cluster: c}}]\nclusters: [{name: c, cluster: {}}]", "cluster \"c\" has no server")]
    [InlineData(Base + "user: {exec: {command: aws}}}]", "user \"u\" has no exec.apiVersion")]
    [InlineData(Base + "user: {exec: {command: aws, apiVersion: v2}}}]", "exec.apiVersion of user \"u\" is \"v2\"")]
    [InlineData(Base + "user: {exec: {command: aws, apiVersion: client.authentication.k8s.io/v1, interactiveMode: Always}}}]", "has no terminal to ask at")]
    [InlineData(Base + "user: {auth-provider: {name: gcp}}}]", "user \"u\" authenticates by \"auth-provider\", which is not supported")]
    [InlineData(Base + "user: {client-key-data: eA==}}]", "user \"u\" has no client-certificate or client-certificate-data")]
    [InlineData(Base + "user: {client-certificate-data: eA==}}]", "user \"u\" has no client-key or client-key-data")]
    [InlineData(Base + "user: {client-certificate: none.crt, client-key-data: eA==}}]", "client-certificate of user \"u\" cannot be read")]
    [InlineData(Base + "user: {client-certificate-data: '?', client-key-data: eA==}}]", "client-certificate of user \"u\" cannot be read")]
    [InlineData(Base + "user: {client-certificate-data: eA==, client-key-data: eA==}}]", "holds no certificate")]
    [InlineData(
        "current-context: x\ncontexts: [{name: x, context: {cluster: c}}]\nclusters: [{name: c, cluster: {server: a, insecure-skip-tls-verify: true, certificate-authority: b}}]",
        "insecure-skip-tls-verify of cluster \"c\" contradicts its certificate-authority")]
    [InlineData("[", "is no YAML")]
    [InlineData("text", "must be a mapping")]
    public void BuildConfigFromConfigFile_Incomplete_SaysWhatIsMissingAndWhere(string text, string expected)
    {
        var file = Write(text);

        var error = Assert.Throws<KubeConfigException>(() => KubernetesClientConfiguration.BuildConfigFromConfigFile(file));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains(file, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void BuildConfigFromConfigFile_NoFile_NamesIt()
    {
        var error = Assert.Throws<KubeConfigException>(() => KubernetesClientConfiguration.BuildConfigFromConfigFile(Path.Combine(_folder, "none")));

        Assert.Contains("none\" does not exist", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void InClusterConfig_ServiceAccountMounted_IsUsed()
    {
        File.WriteAllText(Path.Combine(_folder, "token"), "secret");
        File.WriteAllText(Path.Combine(_folder, "namespace"), "team\n");
        File.WriteAllText(Path.Combine(_folder, "ca.crt"), MakeCertificate().Certificate);

        var config = KubernetesClientConfiguration.InClusterConfig(_folder, Pod);

        Assert.Equal(("https://[fd00::1]:6443", "team", Path.Combine(_folder, "token")), (config.Host, config.Namespace, config.TokenFile));
        Assert.Single(config.SslCaCerts!);
        Assert.Equal(Path.Combine(_folder, "ca.crt"), config.SslCaFile);
    }

    [Fact]
    public void InClusterConfig_NoPod_Throws()
    {
        Assert.False(KubernetesClientConfiguration.IsInCluster(_folder, Pod));
        Assert.Throws<KubeConfigException>(() => KubernetesClientConfiguration.InClusterConfig(_folder, Pod));
    }

    private const string Base =
        "current-context: x\ncontexts: [{name: x, context: {cluster: c, user: u}}]\nclusters: [{name: c, cluster: {server: 'https://a'}}]\nusers: [{name: u, ";

    private static string? Pod(string variable) => variable switch
    {
        "KUBERNETES_SERVICE_HOST" => "fd00::1",
        "KUBERNETES_SERVICE_PORT" => "6443",
        _ => null,
    };

    private string? Name(string? path) => path is null ? null : Path.GetRelativePath(Path.Combine(_folder, "pki"), path);

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static (string Certificate, string Key) MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256).CreateSelfSigned(now, now.AddDays(1));
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    private KubernetesClientConfiguration Build(string text) => KubernetesClientConfiguration.BuildConfigFromConfigFile(Write(text));

    private string Write(string text, string name = "config")
    {
        var file = Path.Combine(_folder, name);
        File.WriteAllText(file, text);
        return file;
    }
}
