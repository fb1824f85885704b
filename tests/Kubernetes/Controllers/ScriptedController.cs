using System.Threading.Channels;
using Hearth.Api.Core;
using Hearth.Kubernetes.Controllers;

namespace Hearth.Kubernetes.Tests.Controllers;

/// <summary>A controller whose calls the test sees and whose answers it gives.</summary>
internal sealed class ScriptedController : IEntityController<V1ConfigMap>
{
    private readonly Channel<string> _calls = Channel.CreateUnbounded<string>();

    /// <summary>Answers a call; the default succeeds.</summary>
    public Func<V1ConfigMap, CancellationToken, Task<ReconciliationResult<V1ConfigMap>>> Answer { get; set; } =
        (entity, _) => Task.FromResult(ReconciliationResult<V1ConfigMap>.Success(entity));

    public int Waiting => _calls.Reader.Count;

    public Task<ReconciliationResult<V1ConfigMap>> ReconcileAsync(V1ConfigMap entity, CancellationToken cancel) => CallAsync("reconcile", entity, cancel);

    public Task<ReconciliationResult<V1ConfigMap>> DeletedAsync(V1ConfigMap entity, CancellationToken cancel) => CallAsync("deleted", entity, cancel);

    public async Task<string> NextCallAsync() => await _calls.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

    private Task<ReconciliationResult<V1ConfigMap>> CallAsync(string call, V1ConfigMap entity, CancellationToken cancel)
    {
        Assert.True(_calls.Writer.TryWrite($"{call} {entity.Metadata.Uid}"));
        return Answer(entity, cancel);
    }
}
