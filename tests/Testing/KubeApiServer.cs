using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Hearth.Kubernetes.Configuration;

namespace Hearth.Testing;

/// <summary>
/// A real kube-apiserver with its etcd, and its garbage collector and namespace controller when there is a kube-controller-manager, started
/// from the folder that <c>KUBEBUILDER_ASSETS</c> names. Everything listens on 127.0.0.1 and is forgotten at the end.
/// </summary>
public sealed class KubeApiServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromMilliseconds(200);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hearth-kube-");
    private readonly List<Process> _processes = [];

    private KubeApiServer() => Http = NewHttp();

    /// <summary>Why there is no real server here; null when there is one.</summary>
    public static string? WhyNot { get; } = Missing();

    /// <summary>Where the server listens.</summary>
    public Uri BaseUri { get; } = new($"https://127.0.0.1:{LoopbackPort.Free()}/");

    /// <summary>Token of a user who may do everything.</summary>
    public string Token { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    /// <summary>Whether a real server here has a kube-controller-manager, which collects dependants and the content of namespaces.</summary>
    public static bool HasControllers { get; } = File.Exists(Path.Combine(Assets, "kube-controller-manager"));

    /// <summary>How Hearth's own client reaches it: it checks the certificate as it would a cluster's.</summary>
    public KubernetesClientConfiguration Configuration => new()
    {
        Host = BaseUri.AbsoluteUri,
        AccessToken = Token,
        SslCaFile = Path.Combine(InFolder("certificates"), "apiserver.crt"),
    };

    /// <summary>A client with the token; it accepts the certificate that the server made for itself.</summary>
    public HttpClient Http { get; }

    private static string Assets => Environment.GetEnvironmentVariable("KUBEBUILDER_ASSETS") ?? "";

    /// <summary>Starts the processes and returns when the server is ready.</summary>
    public static async Task<KubeApiServer> StartAsync()
    {
        if (WhyNot is not null)
            throw new InvalidOperationException(WhyNot);
        var server = new KubeApiServer();
        try
        {
            await server.RunAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        foreach (var process in Enumerable.Reverse(_processes))
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }
        _folder.Delete(recursive: true);
    }

    private static string? Missing()
    {
        if (Assets.Length == 0)
            return "KUBEBUILDER_ASSETS names no folder with kube-apiserver and etcd, so nothing is run on a real API server.";
        var lacks = new[] { "etcd", "kube-apiserver" }.Where(name => !File.Exists(Path.Combine(Assets, name))).ToList();
        return lacks.Count == 0 ? null : $"KUBEBUILDER_ASSETS=\"{Assets}\" lacks {string.Join(" and ", lacks)}, so nothing is run on a real API server.";
    }

    private async Task RunAsync()
    {
        var etcd = $"http://127.0.0.1:{LoopbackPort.Free()}";
        var peer = $"http://127.0.0.1:{LoopbackPort.Free()}";
        Start("etcd", "--data-dir", InFolder("etcd"), "--listen-client-urls", etcd, "--advertise-client-urls", etcd,
            "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", $"default={peer}", "--unsafe-no-fsync");
        using var key = RSA.Create(2048);
        await File.WriteAllTextAsync(InFolder("sa.key"), key.ExportRSAPrivateKeyPem());
        await File.WriteAllTextAsync(InFolder("sa.pub"), key.ExportSubjectPublicKeyInfoPem());
        await File.WriteAllTextAsync(InFolder("tokens.csv"), $"{Token},admin,admin,system:masters\n");
        Start("kube-apiserver", "--etcd-servers", etcd, "--bind-address", "127.0.0.1", "--advertise-address", "127.0.0.1",
            "--secure-port", $"{BaseUri.Port}", "--cert-dir", InFolder("certificates"), "--token-auth-file", InFolder("tokens.csv"),
            "--service-account-issuer", "https://localhost", "--service-account-key-file", InFolder("sa.pub"),
            "--service-account-signing-key-file", InFolder("sa.key"), "--authorization-mode", "RBAC", "--allow-privileged",
            "--disable-admission-plugins", "ServiceAccount", "--enable-admission-plugins", "OwnerReferencesPermissionEnforcement", "--service-cluster-ip-range", "10.0.0.0/24");
        await WaitForAsync("readyz");
        if (!HasControllers)
            return;
        await File.WriteAllTextAsync(InFolder("kubeconfig"), Kubeconfig());
        Start("kube-controller-manager", "--kubeconfig", InFolder("kubeconfig"), "--leader-elect=false", "--bind-address", "127.0.0.1", "--secure-port", "0",
            "--controllers", "garbage-collector-controller,namespace-controller", "--concurrent-gc-syncs", "4");
    }

    /// <summary>Processor time that the server and its etcd have used.</summary>
    public TimeSpan Cpu()
    {
        _processes.ForEach(p => p.Refresh());
        return _processes.Aggregate(TimeSpan.Zero, (sum, p) => sum + p.TotalProcessorTime);
    }

    /// <summary>A kubeconfig for the server, which trusts the certificate that it made for itself.</summary>
    public string Kubeconfig() => $$$"""
        apiVersion: v1
        kind: Config
        current-context: test
        clusters: [{name: test, cluster: {server: "{{{BaseUri}}}", certificate-authority: "{{{InFolder("certificates/apiserver.crt")}}}"}}]
        users: [{name: test, user: {token: "{{{Token}}}"}}]
        contexts: [{name: test, context: {cluster: test, user: test}}]
        """;

    private string InFolder(string name) => Path.Combine(_folder.FullName, name);

    private void Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(Assets, program), arguments)
        {
            WorkingDirectory = _folder.FullName,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start)!;
        var log = TextWriter.Synchronized(File.CreateText(InFolder(program + ".log")));
        process.ErrorDataReceived += (_, e) => log.WriteLine(e.Data);
        process.OutputDataReceived += (_, e) => log.WriteLine(e.Data);
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        _processes.Add(process);
    }

    private async Task WaitForAsync(string path)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            if (_processes.Find(p => p.HasExited) is { } ended)
                throw new InvalidOperationException($"{ended.StartInfo.FileName} ended with {ended.ExitCode} before the server was ready.");
            try
            {
                using var answer = await Http.GetAsync(path, patience.Token);
                if (answer.StatusCode == HttpStatusCode.OK)
                    return;
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }
            await Task.Delay(AskAgainAfter, TimeProvider.System, patience.Token);
        }
    }

    /// <summary>Another client with the token, which its caller may replace.</summary>
    public HttpClient NewHttp()
    {
        var handler = new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => IsItsOwn(certificate) } };
        var http = new HttpClient(handler) { BaseAddress = BaseUri };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        return http;
    }

    // The server makes its certificate when it starts, and leaves it in its folder.
    private bool IsItsOwn(X509Certificate? certificate)
    {
        using var own = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(InFolder("certificates"), "apiserver.crt"));
        return certificate?.GetCertHashString() == own.GetCertHashString();
    }
}
