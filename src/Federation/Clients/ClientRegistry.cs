namespace Hearth.Federation.Clients;

/// <summary>The clients that joined. Kept in memory: after a crash a client is told that it is unknown, and joins again.</summary>
/// <remarks>
/// A client that a round waited for in vain is not asked again before it was heard of: one dead client costs one round's patience, not each one's. May be
/// used from several threads.
/// </remarks>
internal sealed class ClientRegistry(FederationOptions options, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _clients = new(StringComparer.Ordinal);
    private readonly TimeSpan _expiry = TimeSpan.FromTicks(Math.Max(options.ClientExpiry.Ticks, 2 * options.RoundTimeout.Ticks));
    private long _joined;
    private DateTimeOffset _lastJoin = DateTimeOffset.MinValue;

    /// <summary>Number of clients.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _clients.Count;
        }
    }

    /// <summary>Lets a client in, or hears of it again; false where there are too many.</summary>
    public bool TryJoin(string id)
    {
        var now = time.GetUtcNow();
        lock (_lock)
        {
            if (!_clients.TryGetValue(id, out var entry))
            {
                if (_clients.Count >= options.MaxClients)
                    Expire(now);
                if (_clients.Count >= options.MaxClients)
                    return false;
                _clients.Add(id, entry = new Entry { Order = _joined++ });
                _lastJoin = now;
            }
            (entry.LastSeen, entry.Missed) = (now, false);
            return true;
        }
    }

    /// <summary>Hears of a client; false where it is unknown.</summary>
    public bool Touch(string id)
    {
        lock (_lock)
        {
            if (!_clients.TryGetValue(id, out var entry))
                return false;
            (entry.LastSeen, entry.Missed) = (time.GetUtcNow(), false);
            return true;
        }
    }

    /// <summary>A round waited for these in vain.</summary>
    public void Miss(IEnumerable<string> ids)
    {
        lock (_lock)
        {
            foreach (var id in ids)
            {
                if (_clients.TryGetValue(id, out var entry))
                    entry.Missed = true;
            }
        }
    }

    /// <summary>Who can be asked, the first to join first.</summary>
    public Roster Snapshot()
    {
        lock (_lock)
        {
            Expire(time.GetUtcNow());
            return new Roster([.. _clients.Where(client => !client.Value.Missed).OrderBy(client => client.Value.Order).Select(client => client.Key)], _lastJoin);
        }
    }

    private void Expire(DateTimeOffset now)
    {
        foreach (var (id, entry) in _clients)
        {
            if (now - entry.LastSeen > _expiry)
                _clients.Remove(id);
        }
    }

    private sealed class Entry
    {
        public long Order { get; init; }

        public DateTimeOffset LastSeen { get; set; }

        public bool Missed { get; set; }
    }
}
