using Hearth.Api;
using Hearth.Api.FederatedAggregations;
using Hearth.Gateway.Invocation;
using Hearth.Kubernetes.Controllers;

namespace Hearth.Gateway.Federations;

/// <summary>What clients have under way here: each within its federation's quota, all together within the gateway's bytes.</summary>
internal sealed class ClientLimits(long maxBytes)
{
    private static readonly TimeSpan ComeBackAfter = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<(ObjectKey Federation, string Client), (int Requests, long Bytes)> _underWay = [];
    private long _bytes;

    /// <summary>Clients that have something under way.</summary>
    public int Clients
    {
        get
        {
            lock (_gate)
                return _underWay.Count;
        }
    }

    /// <summary>Lets a request in until it is left, or says why not.</summary>
    /// <param name="federation">Its key.</param>
    /// <param name="quota">What each client may have; null for no limit.</param>
    /// <param name="client">Who sends it.</param>
    /// <param name="bytes">Bytes of its body, as far as they are known.</param>
    public Refusal? TryEnter(ObjectKey federation, ClientQuotaSpec? quota, string client, long bytes)
    {
        lock (_gate)
        {
            var (requests, sending) = _underWay.GetValueOrDefault((federation, client));
            if (requests >= quota?.Requests)
                return new(Outcome.QuotaExceeded, $"client \"{client}\" has {requests} requests under way, and spec.clients.quota of federation \"{federation}\" allows {quota.Requests}: wait for an answer", ComeBackAfter);
            if (sending > 0 && bytes > 0 && quota?.Bytes is { Length: > 0 } limit && sending + bytes > (long)Quantity.Parse(limit))
                return new(Outcome.QuotaExceeded, $"client \"{client}\" is sending {sending} bytes, and with {bytes} more it were over the {limit} that spec.clients.quota of federation \"{federation}\" allows: send one update after the other", ComeBackAfter);
            if (_bytes > 0 && bytes > 0 && _bytes + bytes > maxBytes)
                return new(Outcome.QuotaExceeded, $"the gateway is taking in {_bytes} bytes of updates, and with {bytes} more it were over its limit of {maxBytes}: try again", ComeBackAfter);
            _bytes += bytes;
            _underWay[(federation, client)] = (requests + 1, sending + bytes);
            return null;
        }
    }

    /// <summary>A request that was let in has ended.</summary>
    public void Leave(ObjectKey federation, string client, long bytes)
    {
        lock (_gate)
        {
            _bytes -= bytes;
            var (requests, sending) = _underWay[(federation, client)];
            if (requests == 1)
                _underWay.Remove((federation, client));
            else
                _underWay[(federation, client)] = (requests - 1, sending - bytes);
        }
    }
}
