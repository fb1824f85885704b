using System.Threading.RateLimiting;
using Hearth.Api.InferenceFunctions;
using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Controllers;

namespace Hearth.Gateway.Functions;

/// <summary>
/// Finds the function of a request. One that the informer has not told of is asked of the API server, so that a function answers as soon as it was
/// created. Unknown names cannot burden the API server: beyond a few a second they are taken for absent at once.
/// </summary>
/// <param name="registry">What the informers told.</param>
/// <param name="client">The API server.</param>
/// <param name="ns">The namespace that the informers watch; null for all.</param>
/// <param name="time">The clock.</param>
internal sealed class FunctionLookup(FunctionRegistry registry, IKubernetesClient client, string? ns, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly TokenBucketRateLimiter _limit = new(new()
    {
        TokenLimit = 20,
        TokensPerPeriod = 20,
        ReplenishmentPeriod = TimeSpan.FromSeconds(1),
        AutoReplenishment = true,
    });

    /// <summary>The function, or null when there is none.</summary>
    public ValueTask<RoutedFunction?> FindAsync(ObjectKey key, CancellationToken cancel) =>
        registry.Find(key) is { } known ? new(known) : new(AskAsync(key, cancel));

    /// <inheritdoc/>
    public void Dispose() => _limit.Dispose();

    private async Task<RoutedFunction?> AskAsync(ObjectKey key, CancellationToken cancel)
    {
        using var lease = _limit.AttemptAcquire();
        if (!lease.IsAcquired || (ns is not null && ns != key.Namespace))
            return null;
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancel);
        try
        {
            if (await client.GetAsync<InferenceFunction>(key.Name, key.Namespace, either.Token) is { } function)
                registry.Learn(function);
        }
        catch (Exception e) when (e is KubernetesException or HttpRequestException or OperationCanceledException)
        {
            // Without the API server the informer's word is all there is.
        }
        return registry.Find(key);
    }
}
