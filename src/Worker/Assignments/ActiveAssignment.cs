using Hearth.Api.Workers;

namespace Hearth.Worker.Assignments;

/// <summary>The assignment that a worker carries.</summary>
internal sealed class ActiveAssignment(Assignment assignment) : IDisposable
{
    private readonly CancellationTokenSource _abandon = new();
    private volatile IServedRole? _role;
    private volatile bool _draining;

    /// <summary>What was asked for.</summary>
    public Assignment Assignment { get; } = assignment;

    /// <summary>What happened so far.</summary>
    public ProgressLog Progress { get; } = new();

    /// <summary>Running requests.</summary>
    public RequestGate Gate { get; } = new(assignment.Concurrency);

    /// <summary>Cancelled when the assignment is released before it was ready.</summary>
    public CancellationToken Abandoned => _abandon.Token;

    /// <summary>Completes, never faulted, when the start ended in <c>Ready</c> or <c>Failed</c>.</summary>
    public Task Started { get; set; } = Task.CompletedTask;

    /// <summary>What serves; null until ready.</summary>
    public IServedRole? Role => _role;

    /// <summary>Whether it takes no requests any more.</summary>
    public bool Draining => _draining;

    /// <summary>The role is taken from here on.</summary>
    public void BeReady(IServedRole role, AssignmentProgress line)
    {
        _role = role;
        Progress.Append(line);
    }

    /// <summary>Lets a request in; otherwise says why not. After null, call <see cref="RequestGate.Leave"/> of <see cref="Gate"/>.</summary>
    public RefusalReason? TryEnter()
    {
        if (_draining)
            return RefusalReason.Draining;
        if (_role is null)
            return RefusalReason.NotReady;
        if (Gate.TryEnter())
            return null;
        return _draining ? RefusalReason.Draining : RefusalReason.AtCapacity;
    }

    /// <summary>Takes no more requests, ends a start that is under way, and completes when neither start nor request runs.</summary>
    public async Task DrainAsync()
    {
        _draining = true;
        Progress.Append(new AssignmentProgress { Id = Assignment.Id, State = AssignmentState.Draining });
        await _abandon.CancelAsync();
        await Started;
        await (_role?.StopAsync() ?? Task.CompletedTask);
        await Gate.CloseAsync();
    }

    /// <summary>Gives up what the role holds. Only after <see cref="DrainAsync"/> completed.</summary>
    public void Dispose()
    {
        _role?.Dispose();
        _abandon.Dispose();
    }
}
