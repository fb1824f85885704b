using System.Text;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Kubernetes.Client;

namespace Hearth.Cli.Local.Nodes;

/// <summary>The environment variables that a pod's containers ask for.</summary>
internal sealed class PodEnvironment(V1Pod pod, string nodeName, string podIP, string hostIP, IKubernetesClient client)
{
    /// <summary>The variables of <paramref name="container"/>, with <c>HOSTNAME</c> as in any pod.</summary>
    /// <exception cref="ContainerConfigException">What a variable refers to is not there.</exception>
    public async Task<Dictionary<string, string>> ResolveAsync(V1Container container, CancellationToken cancel)
    {
        var variables = new Dictionary<string, string> { ["HOSTNAME"] = pod.Spec.Hostname ?? pod.Name() };
        foreach (var variable in container.Env ?? [])
        {
            if (await ResolveAsync(variable, cancel) is { } value)
                variables[variable.Name] = value;
        }
        return variables;
    }

    private async Task<string?> ResolveAsync(V1EnvVar variable, CancellationToken cancel) => variable.ValueFrom switch
    {
        null => variable.Value ?? "",
        { FieldRef: { } field } => Field(field.FieldPath),
        { SecretKeyRef: { } key } => await SecretAsync(key, cancel),
        { ConfigMapKeyRef: { } key } => await ConfigMapAsync(key, cancel),
        _ => throw Fault(
            $"variable \"{variable.Name}\" comes from a source that process nodes do not have: use fieldRef, secretKeyRef or configMapKeyRef."),
    };

    private string Field(string path) => path switch
    {
        "metadata.name" => pod.Name(),
        "metadata.namespace" => pod.Namespace(),
        "metadata.uid" => pod.Uid(),
        "spec.nodeName" => nodeName,
        "spec.serviceAccountName" => pod.Spec.ServiceAccountName ?? "default",
        "status.podIP" => podIP,
        "status.hostIP" => hostIP,
        _ when Key(path, "metadata.labels") is { } label => pod.GetLabel(label) ?? "",
        _ when Key(path, "metadata.annotations") is { } annotation => pod.GetAnnotation(annotation) ?? "",
        _ => throw Fault($"field \"{path}\" is none that a variable can refer to."),
    };

    /// <summary>The key in <c>metadata.labels['key']</c>.</summary>
    private static string? Key(string path, string map) =>
        path.StartsWith(map + "['", StringComparison.Ordinal) && path.EndsWith("']", StringComparison.Ordinal) ? path[(map.Length + 2)..^2] : null;

    private async Task<string?> SecretAsync(V1KeySelector key, CancellationToken cancel)
    {
        var secret = await client.GetAsync<V1Secret>(key.Name ?? "", pod.Namespace(), cancel);
        return Value("secret", key, secret?.Data) is { } value ? Encoding.UTF8.GetString(Convert.FromBase64String(value)) : null;
    }

    private async Task<string?> ConfigMapAsync(V1KeySelector key, CancellationToken cancel)
    {
        var map = await client.GetAsync<V1ConfigMap>(key.Name ?? "", pod.Namespace(), cancel);
        return Value("configmap", key, map?.Data);
    }

    private string? Value(string kind, V1KeySelector key, IReadOnlyDictionary<string, string>? data)
    {
        if (data?.GetValueOrDefault(key.Key) is { } value)
            return value;
        if (key.Optional == true)
            return null;
        throw Fault(data is null
            ? $"{kind} \"{key.Name}\" not found in namespace \"{pod.Namespace()}\"."
            : $"couldn't find key \"{key.Key}\" in {kind} \"{pod.Namespace()}/{key.Name}\".");
    }

    private static ContainerConfigException Fault(string message) => new(ContainerConfigException.CreateContainerConfigError, message);
}
