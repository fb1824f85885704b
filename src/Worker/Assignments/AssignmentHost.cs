using Hearth.Api.Workers;
using Microsoft.Extensions.Logging;

namespace Hearth.Worker.Assignments;

/// <summary>Carries at most one assignment at a time, from start to release.</summary>
internal sealed partial class AssignmentHost(
    IReadOnlyList<IRoleLoader> roles, WorkerMetrics metrics, TimeSpan drainTimeout, TimeProvider time, ILogger<AssignmentHost> logger) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly IdleLevel _idle = new(ProcessUse.Measure);
    private ActiveAssignment? _current;
    private Task<string?>? _release;
    private bool _closed;

    /// <summary>The assignment; null when idle.</summary>
    public ActiveAssignment? Current
    {
        get
        {
            lock (_lock)
                return _current;
        }
    }

    /// <summary>Whether no assignment is taken any more.</summary>
    public bool Closed
    {
        get
        {
            lock (_lock)
                return _closed;
        }
    }

    /// <summary>What an assignment lacks, a sentence; null where it can be tried.</summary>
    public string? FindFault(Assignment assignment) => assignment switch
    {
        { Id.Length: 0 } => "The assignment has no id.",
        { Name.Length: 0 } => "The assignment has no name.",
        _ => FindLoader(assignment.Role) is { } loader ? loader.FindFault(assignment) : $"This worker knows no role {assignment.Role}.",
    };

    /// <summary>Takes on an assignment without fault, or attaches to it when it is the current one; null when the worker has another or is stopping.</summary>
    public ActiveAssignment? Assign(Assignment assignment)
    {
        lock (_lock)
        {
            if (_current is { } current)
                return current.Assignment.Id == assignment.Id ? current : null;
            if (_closed)
                return null;
            _current = new ActiveAssignment(assignment);
            var active = _current;
            active.Started = Task.Run(() => StartAsync(active));
            return active;
        }
    }

    /// <summary>Lets a request in.</summary>
    /// <param name="assignmentId">The assignment it is meant for; null for whichever there is.</param>
    /// <param name="entered">Where it may run; it then leaves the gate.</param>
    /// <returns>Null, or why not.</returns>
    public RefusalReason? TryEnter(string? assignmentId, out ActiveAssignment? entered)
    {
        entered = Current;
        if (entered is null || (assignmentId is not null && assignmentId != entered.Assignment.Id))
            return RefusalReason.NotAssigned;
        return entered.TryEnter();
    }

    /// <summary>Drains and unloads. Callers at the same time share one release.</summary>
    /// <returns>Null when the worker is idle and clean; otherwise why it must not be used again.</returns>
    public Task<string?> ReleaseAsync()
    {
        lock (_lock)
        {
            if (_current is not { } current)
                return Task.FromResult<string?>(null);
            return _release ??= Task.Run(() => ReleaseAsync(current));
        }
    }

    /// <summary>Takes no assignment any more, and releases the one there is.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
            _closed = true;
        await ReleaseAsync();
    }

    private async Task StartAsync(ActiveAssignment active)
    {
        var assignment = active.Assignment;
        Log.Assigned(logger, assignment.Id, assignment.Namespace, assignment.Name, assignment.Generation);
        try
        {
            var (role, ready) = await FindLoader(assignment.Role)!.LoadAsync(assignment, active.Progress, active.Abandoned);
            active.BeReady(role, ready);
            metrics.Started(TimeSpan.FromMilliseconds(ready.DeployCodeMs ?? 0), TimeSpan.FromMilliseconds(ready.DeployDependencyMs ?? 0));
            Log.Ready(logger, assignment.Id, ready.DeployCodeMs ?? 0, ready.DeployDependencyMs ?? 0);
        }
        catch (AssignmentException e)
        {
            Fail(active, e.Failure);
        }
        catch (OperationCanceledException) when (active.Abandoned.IsCancellationRequested)
        {
            Log.Abandoned(logger, assignment.Id);
        }
        catch (Exception e)
        {
            // A defect of ours: told like any failure, so that no claimer waits for ever, and logged with its stack.
            Log.Broke(logger, e, assignment.Id);
            Fail(active, new AssignmentFailure(AssignmentFailureReason.WorkerLost, $"The worker failed: {e.Message}", Retriable: true));
        }
    }

    private IRoleLoader? FindLoader(WorkerRole role) => roles.FirstOrDefault(loader => loader.Role == role);

    private void Fail(ActiveAssignment active, AssignmentFailure failure)
    {
        Log.Failed(logger, active.Assignment.Id, failure.Reason, failure.Message);
        active.Progress.Append(new AssignmentProgress { Id = active.Assignment.Id, State = AssignmentState.Failed, Failure = failure });
    }

    private async Task<string?> ReleaseAsync(ActiveAssignment current)
    {
        try
        {
            await current.DrainAsync().WaitAsync(drainTimeout, time);
        }
        catch (TimeoutException)
        {
            var stuck = $"{current.Gate.Running} requests of assignment '{current.Assignment.Id}' still run after {drainTimeout.TotalSeconds:0} s.";
            Log.NotReset(logger, current.Assignment.Id, stuck);
            lock (_lock)
                _release = null;
            return stuck;
        }
        current.Dispose();
        NativeHeapNative.Trim();
        if (FindLeak(current.Assignment.Role) is { } left)
        {
            // _release stays: a worker that kept something is never clean again.
            var leak = $"{left} were not freed when assignment '{current.Assignment.Id}' ended.";
            Log.NotReset(logger, current.Assignment.Id, leak);
            return leak;
        }
        lock (_lock)
            (_current, _release) = (null, null);
        Log.Released(logger, current.Assignment.Id);
        return null;
    }

    /// <summary>What roles know to be theirs, and what only shows in the whole process.</summary>
    private string? FindLeak(WorkerRole released) =>
        string.Join(" and ", roles.Select(role => role.FindLeak()).Append(_idle.FindGrowth(released, roles.Sum(role => role.KeptBytes))).OfType<string>())
            is { Length: > 0 } left ? left : null;

    private static partial class Log
    {
        [LoggerMessage(10, LogLevel.Information, "Assignment {Id}: becoming {Namespace}/{Name} generation {Generation}")]
        public static partial void Assigned(ILogger logger, string id, string @namespace, string name, long generation);

        [LoggerMessage(11, LogLevel.Information, "Assignment {Id}: ready, fetch {FetchMs} ms, load {LoadMs} ms")]
        public static partial void Ready(ILogger logger, string id, double fetchMs, double loadMs);

        [LoggerMessage(12, LogLevel.Warning, "Assignment {Id} failed: {Reason}: {Message}")]
        public static partial void Failed(ILogger logger, string id, string reason, string message);

        [LoggerMessage(13, LogLevel.Information, "Assignment {Id}: released before it was ready")]
        public static partial void Abandoned(ILogger logger, string id);

        [LoggerMessage(14, LogLevel.Error, "Assignment {Id} met a defect of the worker")]
        public static partial void Broke(ILogger logger, Exception exception, string id);

        [LoggerMessage(15, LogLevel.Information, "Assignment {Id}: released, idle")]
        public static partial void Released(ILogger logger, string id);

        [LoggerMessage(16, LogLevel.Warning, "Assignment {Id} left the worker unclean: {Message}")]
        public static partial void NotReset(ILogger logger, string id, string message);
    }
}
