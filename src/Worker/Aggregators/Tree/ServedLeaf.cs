using Hearth.Api.FederatedAggregations;
using Hearth.Api.Workers;
using Hearth.Compute.Accelerators;
using Hearth.Federation.Protocol;
using Hearth.Federation.Tree;
using Hearth.Federation.Updates;
using Hearth.Worker.Assignments;
using Hearth.Worker.Control;
using Microsoft.AspNetCore.Http;

namespace Hearth.Worker.Aggregators.Tree;

/// <summary>An aggregator that takes updates for another of its federation: of the client protocol <c>PUT rounds/{r}/updates/{client}</c>, and what the others ask of it.</summary>
internal sealed class ServedLeaf : IServedRole
{
    private readonly Assignment _assignment;
    private readonly NodeMemory _memory;
    private readonly HttpTreeLink _link;
    private readonly LeafAggregator _leaf;
    private readonly TreeEndpoint _tree;
    private readonly ProgressLog _progress;

    /// <summary>Begins to take updates once it is told its place.</summary>
    /// <param name="assignment">What is asked for; has an aggregator.</param>
    /// <param name="memory">Where updates and sums lie; becomes this role's own.</param>
    /// <param name="accelerator">What folds.</param>
    /// <param name="progress">Told what it has done.</param>
    /// <param name="time">The clock.</param>
    public ServedLeaf(Assignment assignment, NodeMemory memory, Accelerator accelerator, ProgressLog progress, TimeProvider time)
    {
        (_assignment, _memory, _progress) = (assignment, memory, progress);
        _link = new HttpTreeLink(assignment.Aggregator!.Token, time);
        _leaf = new LeafAggregator(memory.Share, memory.IsShared, accelerator, _link, _link, time);
        _tree = new TreeEndpoint(new BearerToken(assignment.Aggregator.Token), lead: null, _leaf, time);
    }

    /// <inheritdoc/>
    public async Task InvokeAsync(HttpContext context)
    {
        if (TreeRoutes.Has(context.Request))
        {
            await _tree.InvokeAsync(context);
            Tell();
            return;
        }
        try
        {
            await ((context.Request.Method, (context.Request.Path.Value ?? "").Trim('/').Split('/')) switch
            {
                ("PUT", ["rounds", var round, "updates", var client]) => UpdateAnswer.WriteAsync(context, round, client, StoreAsync),
                (_, ["clients" or "task" or "models" or "rounds", ..]) => ProtocolAnswer.RefuseAsync(
                    context.Response,
                    StatusCodes.Status421MisdirectedRequest,
                    ErrorCodes.Route,
                    $"Aggregator '{_assignment.Aggregator!.Slot}' only takes updates, PUT rounds/{{r}}/updates/{{client}}. Send {context.Request.Method} '{context.Request.Path}' to the federation itself."),
                _ => ProtocolAnswer.RefuseAsync(
                    context.Response, StatusCodes.Status404NotFound, ErrorCodes.Route, $"There is nothing at '{context.Request.Path}'. See the client protocol."),
            });
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // No one is there to be told.
        }
    }

    /// <inheritdoc/>
    public Task StopAsync() => _leaf.SettleAsync();

    /// <inheritdoc/>
    public void Dispose()
    {
        _leaf.Dispose();
        _link.Dispose();
        _memory.Dispose();
    }

    private async Task<Refusal?> StoreAsync(UpdateUpload upload, CancellationToken cancellation)
    {
        var refusal = await _leaf.StoreAsync(upload, cancellation);
        Tell();
        return refusal;
    }

    private void Tell() => _progress.Append(new AssignmentProgress
    {
        Id = _assignment.Id,
        State = AssignmentState.Running,
        Federation = new FederationProgress { Tree = [_leaf.Report with { Slot = _assignment.Aggregator!.Slot }] },
    });
}
