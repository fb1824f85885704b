using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Telemetry;
using Microsoft.Extensions.Logging;

namespace Hearth.Kubernetes.Leases;

/// <summary>Lets one of several replicas lead, by a lease (client-go's leader election).</summary>
/// <remarks>
/// Clocks of replicas need not agree: whether a lease has run out is judged by how long this process has seen it unchanged, never by the
/// times written in it. Of two that take a lease at once the resourceVersion lets one through.
/// </remarks>
public sealed partial class LeaderElector(IKubernetesClient client, LeaderElectorOptions options, TimeProvider time, ILoggerFactory logs)
{
    private readonly LeaderElectorOptions _options = Checked(options);
    private readonly ILogger _log = logs.CreateLogger<LeaderElector>();
    private V1Lease? _seen;
    private long _seenAt;
    private long _heldSince;

    /// <summary>Completes when this process leads.</summary>
    public async Task AcquireAsync(CancellationToken cancel)
    {
        Log.Waiting(_log, _options.Identity, _options.Namespace, _options.Name);
        while (!await TryHoldAsync(cancel))
            await Task.Delay(_options.RetryPeriod, time, cancel);
        Report(leads: true);
        Log.Leads(_log, _options.Identity, _options.Namespace, _options.Name);
    }

    /// <summary>Renews the lease until cancelled, then returns.</summary>
    /// <exception cref="LeadershipLostException">Another process has the lease, or it could not be renewed in time.</exception>
    public async Task KeepAsync(CancellationToken cancel)
    {
        try
        {
            while (true)
            {
                await Task.Delay(_options.RetryPeriod, time, cancel);
                using var deadline = new CancellationTokenSource(Left(), time);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, deadline.Token);
                if (!await TryHoldAsync(either.Token) && _seen is { Spec.HolderIdentity: { Length: > 0 } other } && other != _options.Identity)
                    throw new LeadershipLostException($"The lease \"{_options.Namespace}/{_options.Name}\" now belongs to \"{other}\".");
                if (Left() == TimeSpan.Zero)
                    throw NotRenewed(null);
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
        }
        catch (OperationCanceledException e)
        {
            throw NotRenewed(e);
        }
        finally
        {
            Report(leads: false);
        }
    }

    /// <summary>Gives the lease up so that another replica need not wait for it to run out. Call it when nothing acts any more.</summary>
    public async Task ReleaseAsync(CancellationToken cancel)
    {
        if (_seen is not { } lease || lease.Spec.HolderIdentity != _options.Identity)
            return;
        try
        {
            var spec = lease.Spec with { HolderIdentity = "", LeaseDurationSeconds = 1, RenewTime = time.GetUtcNow() };
            await client.UpdateAsync(lease with { Spec = spec }, cancel);
            Log.Released(_log, _options.Namespace, _options.Name);
        }
        catch (Exception e) when (e is KubernetesException or HttpRequestException)
        {
            Log.Failed(_log, _options.Namespace, _options.Name, e.Message);
        }
    }

    /// <summary>Takes or renews the lease; false when another has it or the server cannot be reached.</summary>
    private async Task<bool> TryHoldAsync(CancellationToken cancel)
    {
        // Counted from before the call: the others count from when the server stored it, which is later.
        var attemptedAt = time.GetTimestamp();
        try
        {
            var current = await client.GetAsync<V1Lease>(_options.Name, _options.Namespace, cancel);
            if (current is null)
            {
                See(await client.CreateAsync(NewLease(), cancel));
            }
            else
            {
                See(current);
                if (!MayHold(current))
                    return false;
                See(await client.UpdateAsync(current with { Spec = NextSpec(current.Spec) }, cancel));
            }

            _heldSince = attemptedAt;
            return true;
        }
        catch (KubernetesException e) when (e.IsConflict)
        {
            return false;
        }
        catch (Exception e) when (e is KubernetesException or HttpRequestException)
        {
            Log.Failed(_log, _options.Namespace, _options.Name, e.Message);
            return false;
        }
    }

    private bool MayHold(V1Lease lease)
    {
        var holder = lease.Spec.HolderIdentity;
        if (string.IsNullOrEmpty(holder) || holder == _options.Identity)
            return true;
        var duration = lease.Spec.LeaseDurationSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : _options.LeaseDuration;
        return time.GetElapsedTime(_seenAt) > duration;
    }

    private void See(V1Lease lease)
    {
        if (_seen?.Metadata.ResourceVersion != lease.Metadata.ResourceVersion)
            _seenAt = time.GetTimestamp();
        _seen = lease;
    }

    private V1Lease NewLease() => new()
    {
        Metadata = new V1ObjectMeta { Name = _options.Name, Namespace = _options.Namespace },
        Spec = NextSpec(new V1LeaseSpec { LeaseTransitions = -1 }),
    };

    private V1LeaseSpec NextSpec(V1LeaseSpec spec)
    {
        var now = time.GetUtcNow();
        var isMine = spec.HolderIdentity == _options.Identity;
        return spec with
        {
            HolderIdentity = _options.Identity,
            LeaseDurationSeconds = (int)_options.LeaseDuration.TotalSeconds,
            AcquireTime = isMine ? spec.AcquireTime : now,
            RenewTime = now,
            LeaseTransitions = isMine ? spec.LeaseTransitions : (spec.LeaseTransitions ?? 0) + 1,
        };
    }

    // A leader must stop before another may start, and must get more than one attempt to renew.
    private static LeaderElectorOptions Checked(LeaderElectorOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.RetryPeriod, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.RenewDeadline, options.RetryPeriod);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.LeaseDuration, options.RenewDeadline);
        return options;
    }

    private TimeSpan Left()
    {
        var left = _options.RenewDeadline - time.GetElapsedTime(_heldSince);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private LeadershipLostException NotRenewed(Exception? inner) =>
        new($"The lease \"{_options.Namespace}/{_options.Name}\" could not be renewed for {_options.RenewDeadline.TotalSeconds} s.", inner);

    private void Report(bool leads) => KubernetesMetrics.LeaderElectionStatus.Record(leads ? 1 : 0, new KeyValuePair<string, object?>("name", _options.Name));

    private static partial class Log
    {
        [LoggerMessage(60, LogLevel.Information, "\"{Identity}\" waits to lead by the lease \"{Namespace}/{Name}\"")]
        public static partial void Waiting(ILogger log, string identity, string @namespace, string name);

        [LoggerMessage(61, LogLevel.Information, "\"{Identity}\" leads by the lease \"{Namespace}/{Name}\"")]
        public static partial void Leads(ILogger log, string identity, string @namespace, string name);

        [LoggerMessage(62, LogLevel.Information, "The lease \"{Namespace}/{Name}\" is given up")]
        public static partial void Released(ILogger log, string @namespace, string name);

        [LoggerMessage(63, LogLevel.Warning, "The lease \"{Namespace}/{Name}\" could not be taken, renewed or given up: {Error}")]
        public static partial void Failed(ILogger log, string @namespace, string name, string error);
    }
}
