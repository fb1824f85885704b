using Hearth.Api.Meta;
using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Controllers;

namespace Hearth.Operator.Status;

/// <summary>Failures of a reconcile's steps, so that one bad child does not keep the others from their due.</summary>
internal sealed class StepFailures
{
    private readonly List<Exception> _failures = [];

    /// <summary>What failed so far, in words; null when nothing did.</summary>
    public string? Message => _failures.Count == 0 ? null : string.Join("; ", _failures.Select(f => f.Message).Distinct());

    /// <summary>
    /// Runs a step; true when it was done. An object that changed or went meanwhile is no failure: its event wakes the controller again.
    /// </summary>
    public Task<bool> RunAsync(Func<Task> step) => RunAsync(step, e => e.IsNotFound || (e.IsConflict && !e.IsAlreadyExists));

    /// <summary>
    /// Runs a step that takes or makes something; true when it was done. There is no object whose event would wake the controller again, so whatever the API
    /// server says against it is a failure, and tried again with back-off.
    /// </summary>
    public Task<bool> RunMakingAsync(Func<Task> step) => RunAsync(step, _ => false);

    /// <summary>The outcome of the reconcile.</summary>
    public ReconciliationResult<T> ToResult<T>(T entity, TimeSpan? requeueAfter)
        where T : class, IResource<T> => Message is { } message
        ? ReconciliationResult<T>.Failure(entity, message, _failures.Count == 1 ? _failures[0] : new AggregateException(_failures))
        : ReconciliationResult<T>.Success(entity, requeueAfter);

    private async Task<bool> RunAsync(Func<Task> step, Func<KubernetesException, bool> isHarmless)
    {
        try
        {
            await step();
            return true;
        }
        catch (KubernetesException e) when (isHarmless(e))
        {
            return false;
        }
        catch (Exception e) when (e is KubernetesException or HttpRequestException)
        {
            _failures.Add(e);
            return false;
        }
    }
}
