using System.CommandLine;
using Hearth.Cli.Local;
using Hearth.Kubernetes.Configuration;
using Microsoft.Extensions.Logging;

namespace Hearth.Cli.Commands;

/// <summary>Options that several commands have.</summary>
internal static class SharedOptions
{
    public static Option<string> LogFormat { get; } = new Option<string>("--log-format")
    {
        Description = "How logs are written to standard error.",
        DefaultValueFactory = _ => Logs.Text,
        Recursive = true,
    }.AcceptOnlyFromAmong(Logs.Text, Logs.Json);

    public static Option<LogLevel?> LogLevel { get; } = new("--log-level")
    {
        Description = "Least severe level that is logged.",
        Recursive = true,
    };

    /// <summary>The option that names a cluster.</summary>
    public static Option<string?> Kubeconfig() => Flag.Of<string?>(
        "--kubeconfig", "Kubeconfig of the cluster. Defaults to KUBECONFIG, then ~/.kube/config, then the pod's service account.", "FILE");

    /// <summary>The option that names a gateway.</summary>
    public static Option<Uri> Gateway() => new("--gateway")
    {
        Description = "The gateway.",
        HelpName = "URL",
        DefaultValueFactory = _ => new($"http://127.0.0.1:{new LocalClusterOptions().GatewayPort}"),
        CustomParser = result =>
        {
            if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https")
                return uri;
            result.AddError($"--gateway \"{result.Tokens[0].Value}\" is no URL: expected http://HOST:PORT.");
            return null;
        },
    };

    /// <summary>The logs that the command line asks for, from <paramref name="level"/> on when it does not say.</summary>
    public static ILoggerFactory CreateLogs(this ParseResult command, LogLevel level = Microsoft.Extensions.Logging.LogLevel.Information) =>
        Logs.Create(command.GetRequiredValue(LogFormat), command.GetValue(LogLevel) ?? level);

    /// <summary>The cluster that the command line names.</summary>
    /// <exception cref="KubeConfigException">There is none, or it is described incompletely.</exception>
    public static KubernetesClientConfiguration ReadCluster(string? kubeconfig) =>
        kubeconfig is null ? KubernetesClientConfiguration.BuildDefaultConfig() : KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig);
}
