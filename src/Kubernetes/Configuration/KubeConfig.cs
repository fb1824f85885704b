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

    public KubernetesClientConfiguration Build(string? contextName)
    {
        contextName ??= _currentContext
            ?? throw new KubeConfigException($"kubeconfig \"{_files}\" has no current-context: name one, or set it with \"kubectl config use-context\".");
        var context = Find("contexts", contextName, $"kubeconfig \"{_files}\" has no context \"{contextName}\".");
        var cluster = Refer(context, "cluster", "clusters");
        var user = context.Text("user") is null ? null : Refer(context, "user", "users");
        RefuseUnsupported(user);
        return new KubernetesClientConfiguration
        {
            Host = cluster.Text("server") ?? throw cluster.Missing("server"),
            Namespace = context.Text("namespace") ?? "default",
            CurrentContext = contextName,
            SslCaCerts = Authorities(cluster),
            SkipTlsVerify = cluster.Text("insecure-skip-tls-verify") == "true",
            TlsServerName = cluster.Text("tls-server-name"),
            AccessToken = user?.Text("token"),
            TokenFile = user?.File("tokenFile"),
            Exec = user?.Exec(),
            Proxy = cluster.Text("proxy-url") is { } proxy ? ProxyOf(cluster, proxy) : null,
            ClientCertificates = ClientCertificates(user),
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

    private static void RefuseUnsupported(KubeConfigEntry? user)
    {
        foreach (var field in (string[])["auth-provider", "username"])
        {
            if (user?.Has(field) == true)
            {
                throw new KubeConfigException(
                    $"kubeconfig \"{user.Path}\": {user.Name} authenticates by \"{field}\", which is not supported: use a token, a client certificate or exec.");
            }
        }
    }

    private static Uri ProxyOf(KubeConfigEntry cluster, string proxy) =>
        Uri.TryCreate(proxy, UriKind.Absolute, out var uri) && uri.Scheme is ("http" or "https" or "socks5")
            ? uri
            : throw new KubeConfigException($"{cluster.Describe("proxy-url")} is \"{proxy}\": an http, https or socks5 address was expected.");

    private static X509Certificate2Collection? Authorities(KubeConfigEntry cluster) =>
        cluster.Data("certificate-authority") is { } pem ? Pem.Authorities(pem, cluster.Describe("certificate-authority")) : null;

    private static X509Certificate2Collection? ClientCertificates(KubeConfigEntry? user)
    {
        var certificate = user?.Data("client-certificate");
        var key = user?.Data("client-key");
        return (certificate, key) switch
        {
            (null, null) => null,
            (null, _) => throw user!.Missing("client-certificate or client-certificate-data"),
            (_, null) => throw user!.Missing("client-key or client-key-data"),
            _ => Pem.WithKey(certificate, key, user!.Describe("client-certificate")),
        };
    }
}
