using System.Collections.Concurrent;
using System.Text;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Api.WorkerPools;
using Hearth.Kubernetes.Client;

namespace Hearth.Activation;

/// <summary>The control tokens of worker pools, read from their Secrets once and kept.</summary>
internal sealed class PoolTokens(IKubernetesClient client)
{
    private readonly ConcurrentDictionary<(string Namespace, string Pool), string> _tokens = new();

    /// <summary>The token for the pool of <paramref name="worker"/>, or null when the Secret does not hold one.</summary>
    public async ValueTask<string?> GetAsync(V1Pod worker, CancellationToken cancel)
    {
        var key = Key(worker);
        if (_tokens.TryGetValue(key, out var known))
            return known;
        var secret = await client.GetAsync<V1Secret>(SecretName(worker), key.Namespace, cancel);
        if (secret?.Data?.GetValueOrDefault(WorkerPoolSecret.TokenKey) is not { } encoded)
            return null;
        return _tokens[key] = Encoding.UTF8.GetString(Convert.FromBase64String(encoded));
    }

    /// <summary>Forgets a token that a worker refused, so that the next call reads the Secret again.</summary>
    public void Forget(V1Pod worker, string refused) => _tokens.TryRemove(KeyValuePair.Create(Key(worker), refused));

    /// <summary>Name of the Secret for the pool of <paramref name="worker"/>.</summary>
    public static string SecretName(V1Pod worker) => WorkerPoolSecret.Name(Key(worker).Pool);

    private static (string Namespace, string Pool) Key(V1Pod worker) => (worker.Namespace(), worker.GetLabel(HearthLabels.Pool) ?? "");
}
