using System.Net.Sockets;
using Hearth.Gateway.Forwarding;
using Hearth.Gateway.Functions;
using Hearth.Gateway.Operations;

namespace Hearth.Gateway.Invocation;

/// <summary>Gets a connection for a request: when the dial to its worker is slow, another worker is dialled too, and who answers first gets the request.</summary>
/// <remarks>
/// The tied requests of "The Tail at Scale" (Dean and Barroso, 2013), but for the dial only: the request itself is sent once. The loser's slot is given back at
/// once and its connection, when it comes, is kept for another request. A second worker is dialled only when it has a free slot that nobody waits for.
/// </remarks>
internal sealed class HedgedDial(WorkerConnector connector, GatewayMetrics metrics, TimeProvider time)
{
    /// <summary>Gets a connection to <paramref name="first"/>, of which the caller holds a slot, or to another worker of the function.</summary>
    /// <returns>The worker whose slot the caller holds now; the connection, or why there is none.</returns>
    public ValueTask<(WorkerEndpoint Worker, WorkerConnection? Connection, Exception? Error)> ConnectAsync(
        FunctionState function, WorkerEndpoint first, CancellationToken cancel) =>
        connector.TryTake(first.Address, first.AssignmentHeader is null) is { } open ? new((first, open, null)) : new(DialAsync(function, first, cancel));

    private async Task<(WorkerEndpoint Worker, WorkerConnection? Connection, Exception? Error)> DialAsync(
        FunctionState function, WorkerEndpoint first, CancellationToken cancel)
    {
        var dial = connector.DialAsync(first.Address, cancel);
        if (await IsSlowAsync(dial, cancel) && function.TryTakeOther(first) is { } second)
            return await RaceAsync(function, first, dial, second, cancel);
        return await ResultAsync(first, dial);
    }

    private async Task<bool> IsSlowAsync(Task dial, CancellationToken cancel)
    {
        if (dial.IsCompleted)
            return false;
        await dial.WaitAsync(connector.DialTimes.Slow, time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !dial.IsCompleted && !cancel.IsCancellationRequested;
    }

    private async Task<(WorkerEndpoint Worker, WorkerConnection? Connection, Exception? Error)> RaceAsync(
        FunctionState function, WorkerEndpoint first, Task<WorkerConnection> dial, WorkerEndpoint second, CancellationToken cancel)
    {
        var other = connector.TryTake(second.Address, second.AssignmentHeader is null) is { } open
            ? Task.FromResult(open)
            : connector.DialAsync(second.Address, cancel);
        var ended = await Task.WhenAny(dial, other);
        if (!ended.IsCompletedSuccessfully)
            await (ended == dial ? other : (Task)dial).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var isSecond = other.IsCompletedSuccessfully && !dial.IsCompletedSuccessfully;
        metrics.OnHedgedDial(isSecond ? "second" : dial.IsCompletedSuccessfully ? "first" : "none");
        var (winner, loser) = isSecond ? (second, first) : (first, second);
        // The second was not slow, or no slower than the first: only the first is passed over for a moment.
        function.Release(loser, new(isSecond ? ForwardStatus.DialFailed : ForwardStatus.BodyFailed), TimeSpan.Zero);
        _ = KeepAsync(loser.Address, isSecond ? dial : other);
        return await ResultAsync(winner, isSecond ? other : dial);
    }

    private static async Task<(WorkerEndpoint Worker, WorkerConnection? Connection, Exception? Error)> ResultAsync(
        WorkerEndpoint worker, Task<WorkerConnection> dial)
    {
        try
        {
            return (worker, await dial, null);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return (worker, null, e);
        }
    }

    private async Task KeepAsync(string address, Task<WorkerConnection> dial)
    {
        await ((Task)dial).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (dial.IsCompletedSuccessfully)
            connector.Return(address, await dial);
    }
}
