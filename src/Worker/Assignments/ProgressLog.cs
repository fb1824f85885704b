using System.Runtime.CompilerServices;
using Hearth.Api.Workers;

namespace Hearth.Worker.Assignments;

/// <summary>What an assignment has told so far; read from the beginning by whoever attaches, whenever.</summary>
internal sealed class ProgressLog
{
    private readonly Lock _lock = new();
    private readonly List<AssignmentProgress> _lines = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The last line; null before the first.</summary>
    public AssignmentProgress? Latest
    {
        get
        {
            lock (_lock)
                return _lines.Count > 0 ? _lines[^1] : null;
        }
    }

    /// <summary>Adds a line. One that says <c>Running</c> takes the place of the one before it: of work that goes on for days only the latest counts.</summary>
    public void Append(AssignmentProgress line)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            if (line.State == AssignmentState.Running && _lines is [.., { State: AssignmentState.Running }])
                _lines[^1] = line;
            else
                _lines.Add(line);
            (changed, _changed) = (_changed, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }
        changed.SetResult();
    }

    /// <summary>All lines from the first to the one that ends the assignment's start: <c>Ready</c>, <c>Failed</c> or <c>Draining</c>.</summary>
    public async IAsyncEnumerable<AssignmentProgress> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        for (var next = 0; ; next++)
        {
            AssignmentProgress? line;
            Task changed;
            lock (_lock)
            {
                line = next < _lines.Count ? _lines[next] : null;
                changed = _changed.Task;
            }
            if (line is null)
            {
                await changed.WaitAsync(cancellation);
                next--;
                continue;
            }
            yield return line;
            if (line.State is AssignmentState.Ready or AssignmentState.Failed or AssignmentState.Draining)
                yield break;
        }
    }
}
