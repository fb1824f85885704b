using System.Security.Cryptography.X509Certificates;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Hearth.Kubernetes.Configuration;

/// <summary>One or several kubeconfig files read as one: for each name the first file that has it wins, as in kubectl.</summary>
internal sealed class KubeConfig
{
    private readonly Dictionary<(string List, string Name), KubeConfigEntry> _entries = [];
    private readonly string _files;
    private string? _currentContext;

    private KubeConfig(IReadOnlyList<string> files) => _files = string.Join("\", \"", files);

    /// <summary>Reads the files that exist; at least one must.</summary>
    public static KubeConfig Load(IReadOnlyList<string> files)
    {
        var config = new KubeConfig(files);
        var existing = files.Where(File.Exists).ToList();
        if (existing.Count == 0)
            throw new KubeConfigException($"kubeconfig \"{config._files}\" does not exist.");
        foreach (var file in existing)
            config.Add(file, File.ReadAllText(file));
        return config;
    }

    /// <param name="contextName">The context; null for the current one.</param>
    /// <param name="environment">Says whether an insecure cluster is allowed.</param>
    public KubernetesClientConfiguration Build(string? contextName, Func<string, string?> environment)
    {
        contextName ??= _currentContext
            ?? throw new KubeConfigException($"kubeconfig \"{_files}\" has no current-context: name one, or set it with \"kubectl config use-context\".");
        var context = Find("contexts", contextName, $"kubeconfig \"{_files}\" has no context \"{contextName}\".");
        var cluster = Refer(context, "cluster", "clusters");
        var user = context.Text("user") is null ? null : Refer(context, "user", "users");
        RefuseUnsupported(user);
        var skips = SkipsTlsVerify(cluster, environment);
        var configuration = new KubernetesClientConfiguration
        {
            Host = cluster.Text("server") ?? throw cluster.Missing("server"),
            Namespace = context.Text("namespace") ?? "default",
            CurrentContext = contextName,
            SslCaCerts = Authorities(cluster),
            SslCaFile = cluster.OnlyFile("certificate-authority"),
            SkipTlsVerify = skips,
            DisableCompression = cluster.Text("disable-compression") == "true",
            TlsServerName = cluster.Text("tls-server-name"),
            Proxy = cluster.Text("proxy-url") is { } proxy ? ProxyOf(cluster, proxy) : null,
        };
        return user is null ? configuration : WithUser(configuration, user, cluster);
    }

    private static KubernetesClientConfiguration WithUser(KubernetesClientConfiguration configuration, KubeConfigEntry user, KubeConfigEntry cluster)
    {
        var (certificate, key) = (user.OnlyFile("client-certificate"), user.OnlyFile("client-key"));
        var areFiles = certificate is not null && key is not null;
        return configuration with
        {
            AccessToken = user.Text("token"),
            TokenFile = user.File("tokenFile"),
            Username = user.Text("username"),
            Password = user.Text("password"),
            Exec = user.Exec(cluster),
            ActAs = user.ActAs(),
            ClientCertificates = ClientCertificates(user),
            ClientCertificateFile = areFiles ? certificate : null,
            ClientKeyFile = areFiles ? key : null,
        };
    }

    private void Add(string file, string text)
    {
        var yaml = new YamlStream();
        try
        {
            yaml.Load(new StringReader(text));
        }
        catch (YamlException e)
        {
            throw new KubeConfigException($"kubeconfig \"{file}\" is no YAML: line {e.Start.Line}: {e.Message}", e);
        }

        if (yaml.Documents.FirstOrDefault()?.RootNode is not YamlMappingNode root)
            throw new KubeConfigException($"kubeconfig \"{file}\" must be a mapping with clusters, users and contexts.");
        var current = KubeConfigEntry.Text(root, "current-context");
        _currentContext ??= string.IsNullOrEmpty(current) ? null : current;
        foreach (var (list, body) in new[] { ("clusters", "cluster"), ("users", "user"), ("contexts", "context") })
        {
            if (KubeConfigEntry.Child(root, list) is not YamlSequenceNode items)
                continue;
            foreach (var item in items.Children.OfType<YamlMappingNode>())
            {
                if (KubeConfigEntry.Text(item, "name") is { } name)
                    _entries.TryAdd((list, name), new KubeConfigEntry(file, $"{body} \"{name}\"", KubeConfigEntry.Child(item, body) as YamlMappingNode));
            }
        }
    }

    private KubeConfigEntry Refer(KubeConfigEntry context, string field, string list)
    {
        var name = context.Text(field) ?? throw context.Missing(field);
        return Find(list, name, $"kubeconfig \"{_files}\": {context.Name} names the {field} \"{name}\", which is not among its {list}.");
    }

    private KubeConfigEntry Find(string list, string name, string error) =>
        _entries.TryGetValue((list, name), out var entry) ? entry : throw new KubeConfigException(error);

    private static bool SkipsTlsVerify(KubeConfigEntry cluster, Func<string, string?> environment)
    {
        if (cluster.Text("insecure-skip-tls-verify") != "true")
            return false;
        if (cluster.Has("certificate-authority") || cluster.Has("certificate-authority-data"))
            throw new KubeConfigException($"{cluster.Describe("insecure-skip-tls-verify")} contradicts its certificate-authority: give one of them.");
        const string Variable = KubernetesClientConfiguration.InsecureVariable;
        return environment(Variable) == "true" ? true : throw new KubeConfigException(
            $"{cluster.Describe("insecure-skip-tls-verify")} is true: whoever stands between here and the server could read the credentials and answer "
            + $"in its place. Give the cluster's certificate-authority instead, or allow it with {Variable}=true.");
    }

    private static void RefuseUnsupported(KubeConfigEntry? user)
    {
        if (user?.Has("auth-provider") == true)
        {
            throw new KubeConfigException(
                $"kubeconfig \"{user.Path}\": {user.Name} authenticates by \"auth-provider\", which is not supported: use a token, a client certificate or exec.");
        }
    }

    private static Uri ProxyOf(KubeConfigEntry cluster, string proxy) =>
        Uri.TryCreate(proxy, UriKind.Absolute, out var uri) && uri.Scheme is ("http" or "https" or "socks5")
            ? uri
            : throw new KubeConfigException($"{cluster.Describe("proxy-url")} is \"{proxy}\": an http, https or socks5 address was expected.");

    private static X509Certificate2Collection? Authorities(KubeConfigEntry cluster) =>
        cluster.Data("certificate-authority") is { } pem ? Pem.Authorities(pem, cluster.Describe("certificate-authority")) : null;

    private static X509Certificate2Collection? ClientCertificates(KubeConfigEntry user)
    {
        var certificate = user.Data("client-certificate");
        var key = user.Data("client-key");
        return (certificate, key) switch
        {
            (null, null) => null,
            (null, _) => throw user.Missing("client-certificate or client-certificate-data"),
            (_, null) => throw user.Missing("client-key or client-key-data"),
            _ => Pem.WithKey(certificate, key, user.Describe("client-certificate")),
        };
    }
}
