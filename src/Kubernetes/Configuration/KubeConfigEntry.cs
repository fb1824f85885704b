using System.Text;
using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Hearth.Kubernetes.Configuration;

/// <summary>A named cluster, user or context of a kubeconfig, with the file it stands in: relative paths are relative to that.</summary>
internal sealed class KubeConfigEntry(string path, string name, YamlMappingNode? body)
{
    public string Path { get; } = path;

    /// <summary>For messages, for example <c>user "admin"</c>.</summary>
    public string Name { get; } = name;

    public static YamlNode? Child(YamlMappingNode node, string field) =>
        node.Children.TryGetValue(new YamlScalarNode(field), out var child) ? child : null;

    public static string? Text(YamlMappingNode node, string field) => (Child(node, field) as YamlScalarNode)?.Value;

    public bool Has(string field) => body is not null && Child(body, field) is not null;

    /// <summary>A field's text; null when it is absent or empty.</summary>
    public string? Text(string field) => body is not null && Text(body, field) is { Length: > 0 } text ? text : null;

    /// <summary>A field that names a file, as an absolute path.</summary>
    public string? File(string field) =>
        Text(field) is { } file ? Absolute(file) : null;

    /// <summary>What <c>field-data</c> holds in base64, else what the file named by <c>field</c> holds.</summary>
    public string? Data(string field)
    {
        try
        {
            if (Text(field + "-data") is { } data)
                return Encoding.UTF8.GetString(Convert.FromBase64String(data));
            return File(field) is { } file ? System.IO.File.ReadAllText(file) : null;
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new KubeConfigException($"{Describe(field)} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>The file that a field names, when that is where its data comes from: others may replace it.</summary>
    public string? OnlyFile(string field) => Text(field + "-data") is null ? File(field) : null;

    /// <summary>The program that <c>exec</c> names, or null.</summary>
    public ExecConfig? Exec(KubeConfigEntry cluster)
    {
        if (body is null || Child(body, "exec") is not YamlMappingNode exec)
            return null;
        var command = Text(exec, "command") is { Length: > 0 } text ? text : throw Missing("exec.command");
        var version = Text(exec, "apiVersion") ?? throw Missing("exec.apiVersion");
        if (version is not ("client.authentication.k8s.io/v1" or "client.authentication.k8s.io/v1beta1"))
            throw new KubeConfigException($"{Describe("exec.apiVersion")} is \"{version}\": client.authentication.k8s.io/v1 or v1beta1 was expected.");
        if (Text(exec, "interactiveMode") == "Always")
            throw new KubeConfigException($"{Describe("exec.interactiveMode")} is Always, and this process has no terminal to ask at: use IfAvailable or Never.");

        // As in client-go: a command with a folder in it is meant from where the file is, a bare name from the PATH.
        var isBare = !command.Contains('/');
        return new ExecConfig(Name, isBare ? command : Absolute(command), [.. Texts(exec, "args")])
        {
            ApiVersion = version,
            InstallHint = Text(exec, "installHint"),
            Environment = Items(exec, "env").OfType<YamlMappingNode>().ToDictionary(e => Text(e, "name") ?? "", e => Text(e, "value") ?? ""),
            Cluster = Text(exec, "provideClusterInfo") == "true" ? cluster.ForPrograms() : null,
        };
    }

    /// <summary>Whom the user acts for, or null.</summary>
    public Impersonation? ActAs()
    {
        if (Text("as") is not { } user)
            return null;
        var extra = Child(body!, "as-user-extra") as YamlMappingNode;
        return new(user)
        {
            Uid = Text("as-uid"),
            Groups = [.. Texts(body!, "as-groups")],
            Extra = extra?.Children.Keys.OfType<YamlScalarNode>().ToDictionary(k => k.Value!, k => (IReadOnlyList<string>)[.. Texts(extra, k.Value!)]) ?? [],
        };
    }

    /// <summary>What a program is told of a cluster (ExecCredential's <c>spec.cluster</c>).</summary>
    private JsonObject ForPrograms()
    {
        var told = new JsonObject { ["server"] = Text("server"), ["insecure-skip-tls-verify"] = Text("insecure-skip-tls-verify") == "true" };
        foreach (var field in (string[])["tls-server-name", "proxy-url"])
        {
            if (Text(field) is { } text)
                told[field] = text;
        }
        if (Data("certificate-authority") is { } pem)
            told["certificate-authority-data"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(pem));
        return told;
    }

    private static IEnumerable<string> Texts(YamlMappingNode node, string field) => Items(node, field).OfType<YamlScalarNode>().Select(n => n.Value ?? "");

    private static IEnumerable<YamlNode> Items(YamlMappingNode node, string field) => (Child(node, field) as YamlSequenceNode)?.Children ?? [];

    private string Absolute(string file) => System.IO.Path.GetFullPath(file, System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!);

    public string Describe(string field) => $"kubeconfig \"{Path}\": {field} of {Name}";

    public KubeConfigException Missing(string field) => new($"kubeconfig \"{Path}\": {Name} has no {field}.");
}
