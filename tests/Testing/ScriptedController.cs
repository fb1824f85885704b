using System.Threading.Channels;
using Hearth.Api.Core;
using Hearth.Kubernetes.Controllers;

namespace Hearth.Testing;

/// <summary>A controller whose calls the test sees and whose answers it gives.</summary>
public sealed class ScriptedController : IEntityController<V1ConfigMap>
{
    private readonly Channel<string> _calls = Channel.CreateUnbounded<string>();

    /// <summary>Answers a call; the default succeeds.</summary>
    public Func<V1ConfigMap, CancellationToken, Task<ReconciliationResult<V1ConfigMap>>> Answer { get; set; } =
        (entity, _) => Task.FromResult(ReconciliationResult<V1ConfigMap>.Success(entity));

    /// <summary>Calls that the test has not taken yet.</summary>
    public int Waiting => _calls.Reader.Count;

    /// <inheritdoc/>
    public Task<ReconciliationResult<V1ConfigMap>> ReconcileAsync(V1ConfigMap entity, CancellationToken cancel) => CallAsync("reconcile", entity, cancel);

    /// <inheritdoc/>
    public Task<ReconciliationResult<V1ConfigMap>> DeletedAsync(V1ConfigMap entity, CancellationToken cancel) => CallAsync("deleted", entity, cancel);

    /// <summary>The next call, as its verb and the object's uid.</summary>
    public async Task<string> NextCallAsync() => await _calls.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

    private Task<ReconciliationResult<V1ConfigMap>> CallAsync(string call, V1ConfigMap entity, CancellationToken cancel)
    {
        _calls.Writer.TryWrite($"{call} {entity.Metadata.Uid}");
        return Answer(entity, cancel);
    }
}
