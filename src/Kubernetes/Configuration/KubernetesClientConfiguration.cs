using System.Security.Cryptography.X509Certificates;
using Hearth.Api;

namespace Hearth.Kubernetes.Configuration;

/// <summary>Where an API server is and how a client proves who it is. Named after KubernetesClient's class.</summary>
public sealed record KubernetesClientConfiguration
{
    /// <summary>Environment variable that allows a kubeconfig's <c>insecure-skip-tls-verify</c>.</summary>
    public const string InsecureVariable = "HEARTH_INSECURE_SKIP_TLS_VERIFY";

    private const string ServiceAccountFolder = "/var/run/secrets/kubernetes.io/serviceaccount";

    /// <summary>Address of the API server, for example <c>https://10.96.0.1:443</c>.</summary>
    public required string Host { get; init; }

    /// <summary>Namespace that commands use when none is named. Defaults to <c>default</c>.</summary>
    public string Namespace { get; init; } = "default";

    /// <summary>Name of the kubeconfig context this was read from, if any.</summary>
    public string? CurrentContext { get; init; }

    /// <summary>Certificate authorities that may have signed the server's certificate; null trusts those of the system.</summary>
    public X509Certificate2Collection? SslCaCerts { get; init; }

    /// <summary>File of such authorities; read again every minute. Wins over <see cref="SslCaCerts"/> once it could be read.</summary>
    public string? SslCaFile { get; init; }

    /// <summary>Client certificate with its private key first, then the certificates that lead to its authority.</summary>
    public X509Certificate2Collection? ClientCertificates { get; init; }

    /// <summary>File of such certificates, with <see cref="ClientKeyFile"/>; both are read again every minute. Win over <see cref="ClientCertificates"/> once they could be read.</summary>
    public string? ClientCertificateFile { get; init; }

    /// <summary>File of the key of <see cref="ClientCertificateFile"/>.</summary>
    public string? ClientKeyFile { get; init; }

    /// <summary>User name for a server that asks for one and a password; used when there is no token.</summary>
    public string? Username { get; init; }

    /// <summary>Password of <see cref="Username"/>.</summary>
    public string? Password { get; init; }

    /// <summary>Whom the calls are made for; null for the caller itself.</summary>
    public Impersonation? ActAs { get; init; }

    /// <summary>Under which name the server notes the fields that this client writes: another program's must differ. Defaults to <c>hearth</c>.</summary>
    public string FieldManager { get; init; } = HearthApi.FieldManager;

    /// <summary>Bearer token.</summary>
    public string? AccessToken { get; init; }

    /// <summary>File that holds the bearer token; read again every minute, because the kubelet renews it. Wins over <see cref="AccessToken"/>.</summary>
    public string? TokenFile { get; init; }

    /// <summary>Program that is asked for a token or a client certificate. Wins over the others.</summary>
    internal ExecConfig? Exec { get; init; }

    /// <summary>Proxy on the way to the server; null for the environment's. Defaults to null.</summary>
    public Uri? Proxy { get; init; }

    /// <summary>Calls a second that this client makes at most, once <see cref="RequestBurst"/> is used up; null for no limit. Defaults to null.</summary>
    public double? RequestsPerSecond { get; init; }

    /// <summary>Calls that may come at once under <see cref="RequestsPerSecond"/>. Defaults to 30.</summary>
    public int RequestBurst { get; init; } = 30;

    /// <summary>
    /// Accepts any server certificate. Only for a server one would also trust without encryption. A kubeconfig that says so is refused unless
    /// the variable <see cref="InsecureVariable"/> is <c>true</c>.
    /// </summary>
    public bool SkipTlsVerify { get; init; }

    /// <summary>Asks for answers as they are, not gzipped. Defaults to false.</summary>
    public bool DisableCompression { get; init; }

    /// <summary>Name the server's certificate must carry, when it differs from <see cref="Host"/>.</summary>
    public string? TlsServerName { get; init; }

    /// <summary>
    /// The configuration kubectl would use: the files of <c>KUBECONFIG</c>, else <c>~/.kube/config</c>, else the pod's service account.
    /// </summary>
    /// <exception cref="KubeConfigException">There is none of them, or the one there is incomplete.</exception>
    public static KubernetesClientConfiguration BuildDefaultConfig()
    {
        if (Environment.GetEnvironmentVariable("KUBECONFIG") is { Length: > 0 } paths)
            return KubeConfig.Load(paths.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)).Build(null, Environment.GetEnvironmentVariable);
        if (File.Exists(HomeFile))
            return BuildConfigFromConfigFile(HomeFile);
        if (IsInCluster())
            return InClusterConfig();
        throw new KubeConfigException(
            $"No Kubernetes cluster is configured: KUBECONFIG is not set, \"{HomeFile}\" does not exist and this is not a pod. " +
            "Set KUBECONFIG, or start a local cluster with \"hearth up\".");
    }

    /// <summary>Reads one kubeconfig file.</summary>
    /// <param name="kubeconfigPath">The file; null for <c>~/.kube/config</c>.</param>
    /// <param name="currentContext">The context to use; null for the file's <c>current-context</c>.</param>
    /// <exception cref="KubeConfigException">The file, the context or something it refers to is missing or unreadable.</exception>
    public static KubernetesClientConfiguration BuildConfigFromConfigFile(string? kubeconfigPath = null, string? currentContext = null) =>
        KubeConfig.Load([kubeconfigPath ?? HomeFile]).Build(currentContext, Environment.GetEnvironmentVariable);

    /// <summary>Whether this process runs in a pod that may talk to its API server.</summary>
    public static bool IsInCluster() => IsInCluster(ServiceAccountFolder, Environment.GetEnvironmentVariable);

    /// <summary>The configuration every pod is given: its service account.</summary>
    /// <exception cref="KubeConfigException">This is not a pod, or its service account is not mounted.</exception>
    public static KubernetesClientConfiguration InClusterConfig() => InClusterConfig(ServiceAccountFolder, Environment.GetEnvironmentVariable);

    internal static bool IsInCluster(string folder, Func<string, string?> environment) =>
        !string.IsNullOrEmpty(environment("KUBERNETES_SERVICE_HOST")) && File.Exists(Path.Combine(folder, "token"));

    internal static KubernetesClientConfiguration InClusterConfig(string folder, Func<string, string?> environment)
    {
        if (!IsInCluster(folder, environment))
        {
            throw new KubeConfigException(
                $"This process is not in a pod with a service account: KUBERNETES_SERVICE_HOST and \"{folder}/token\" must exist.");
        }

        var host = environment("KUBERNETES_SERVICE_HOST")!;
        var port = environment("KUBERNETES_SERVICE_PORT") ?? "443";
        var authority = Path.Combine(folder, "ca.crt");
        var ns = Path.Combine(folder, "namespace");
        return new KubernetesClientConfiguration
        {
            Host = host.Contains(':') ? $"https://[{host}]:{port}" : $"https://{host}:{port}",
            Namespace = File.Exists(ns) ? File.ReadAllText(ns).Trim() : "default",
            SslCaCerts = File.Exists(authority) ? Pem.Authorities(File.ReadAllText(authority), authority) : null,
            SslCaFile = File.Exists(authority) ? authority : null,
            TokenFile = Path.Combine(folder, "token"),
        };
    }

    private static string HomeFile => Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".kube", "config");
}
