using Hearth.Kubernetes.Controllers;

namespace Hearth.Gateway.Activations;

/// <summary>Shares the idle workers of a pool between the functions of this gateway that want one at the same time. Thread-safe.</summary>
/// <remarks>
/// The next worker goes to the function that has the fewest: a claim begins only while no other function with fewer workers wants one or is claiming one. So
/// what functions get of a pool that is too small is max-min fair, and a function that wants ten does not leave nine others with none. A function that is
/// alone waits for nobody.
/// </remarks>
internal sealed class ClaimTurns
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ObjectKey, List<Claim>> _pools = [];

    /// <summary>Completes when it is the claim's turn, which lasts until the result is disposed.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="function">Who claims.</param>
    /// <param name="has">Workers that the function has or is getting already.</param>
    /// <param name="cancel">Gives the turn up.</param>
    public async Task<IDisposable> TakeAsync(ObjectKey pool, ObjectKey function, int has, CancellationToken cancel)
    {
        var claim = new Claim(this, pool, function, has);
        lock (_gate)
        {
            if (!_pools.TryGetValue(pool, out var claims))
                _pools[pool] = claims = [];
            claims.Add(claim);
            Begin(claims);
        }
        try
        {
            await claim.Turn.WaitAsync(cancel);
            return claim;
        }
        catch
        {
            claim.Dispose();
            throw;
        }
    }

    private void End(Claim claim)
    {
        lock (_gate)
        {
            if (!_pools.TryGetValue(claim.Pool, out var claims) || !claims.Remove(claim))
                return;
            if (claims.Count == 0)
                _pools.Remove(claim.Pool);
            else
                Begin(claims);
        }
    }

    private static void Begin(List<Claim> claims)
    {
        var poorest = claims.MinBy(claim => claim.Has)!;
        var next = claims.Where(claim => claim.Function != poorest.Function).Select(claim => claim.Has).DefaultIfEmpty(int.MaxValue).Min();
        foreach (var claim in claims)
        {
            if (claim.Has <= (claim.Function == poorest.Function ? next : poorest.Has))
                claim.Begin();
        }
    }

    private sealed class Claim(ClaimTurns turns, ObjectKey pool, ObjectKey function, int has) : IDisposable
    {
        private readonly TaskCompletionSource _turn = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ObjectKey Pool => pool;

        public ObjectKey Function => function;

        public int Has => has;

        public Task Turn => _turn.Task;

        public void Begin() => _turn.TrySetResult();

        public void Dispose() => turns.End(this);
    }
}
