using Hearth.Api.InferenceFunctions;
using Hearth.Compute;
using Microsoft.Extensions.Logging;

namespace Hearth.Worker.Functions.Batching;

/// <summary>Joins the requests of one model that come within a moment into one run.</summary>
/// <remarks>
/// The first request of a batch waits for others until the batch has <see cref="BatchingSpec.MaxSize"/> rows, or for <see cref="BatchingSpec.MaxDelay"/>. A request alone, and one that
/// has as many rows itself, is run as it came. When a joined run fails, each of its requests is run by itself, so that none suffers from another's. The first joined
/// run is held against runs of its first and its last request alone: a model whose answers then differ mixes its rows, and is not batched any more.
/// </remarks>
internal sealed partial class BatchQueue(
    string model, BatchingSpec spec, Func<IReadOnlyList<HostTensor>, IReadOnlyList<int>, CancellationToken, Task<HostTensor[]>> run, WorkerMetrics metrics, TimeProvider time,
    ILogger logger)
{
    private readonly Lock _lock = new();
    private readonly List<Batch> _open = [];
    private volatile bool _isChecked;
    private volatile bool _isOff;

    /// <summary>Runs a request, with others where that is possible. The inputs stay the caller's; the outputs become its.</summary>
    public async Task<HostTensor[]> RunAsync(IReadOnlyList<HostTensor> inputs, IReadOnlyList<int> outputs, CancellationToken cancellation)
    {
        var rows = inputs[0].Shape.Dimensions[0];
        if (_isOff || rows == 0 || rows >= spec.MaxSize || inputs.Any(input => input.Shape.Dimensions[0] != rows))
            return await run(inputs, outputs, cancellation);
        var request = new BatchedRequest(inputs, cancellation);
        var batch = Join(request, outputs);
        await using var leaving = cancellation.UnsafeRegister(
            static state =>
            {
                var (queue, batch, request) = ((BatchQueue, Batch, BatchedRequest))state!;
                queue.Leave(batch, request);
            },
            (this, batch, request));
        // Once its run has begun the inputs are in use, so it is waited for, whether anybody wants the answer or not.
        var answer = await request.Answer;
        if (!cancellation.IsCancellationRequested)
            return answer;
        Dispose(answer);
        throw new OperationCanceledException(cancellation);
    }

    private Batch Join(BatchedRequest request, IReadOnlyList<int> outputs)
    {
        Batch? full = null;
        Batch batch;
        lock (_lock)
        {
            var open = _open.Find(other => other.Fits(outputs, request));
            if (open is not null && open.Rows + request.Rows > spec.MaxSize)
            {
                full = open;
                Close(open);
                open = null;
            }
            batch = open ?? Open(outputs);
            batch.Add(request);
            if (open is null && batch.Rows < spec.MaxSize)
                batch.Timer = time.CreateTimer(_ => OnTime(batch), null, spec.MaxDelay, Timeout.InfiniteTimeSpan);
            else if (batch.Rows >= spec.MaxSize)
                Close(full = batch);
        }
        if (full is not null)
            Start(full);
        return batch;
    }

    private Batch Open(IReadOnlyList<int> outputs)
    {
        var batch = new Batch(outputs);
        _open.Add(batch);
        return batch;
    }

    private bool Close(Batch batch)
    {
        batch.Timer?.Dispose();
        return _open.Remove(batch);
    }

    private void OnTime(Batch batch)
    {
        lock (_lock)
        {
            if (!Close(batch))
                return;
        }
        Start(batch);
    }

    private void Leave(Batch batch, BatchedRequest request)
    {
        lock (_lock)
        {
            if (!_open.Contains(batch) || !batch.Remove(request))
                return;
            if (batch.Requests.Count == 0)
                Close(batch);
        }
        request.Fail(new OperationCanceledException(request.Cancellation));
    }

    private void Start(Batch batch) => _ = Task.Run(() => RunAsync(batch), CancellationToken.None);

    private async Task RunAsync(Batch batch)
    {
        metrics.Batched(batch.Requests.Count);
        var answered = 0;
        try
        {
            if (batch.Requests.Count > 1 && !_isOff && await RunJoinedAsync(batch) is { } answers)
            {
                for (; answered < answers.Length; answered++)
                    batch.Requests[answered].Succeed(answers[answered]);
            }
        }
        catch (Exception e)
        {
            // One of them, or the batch's size, was too much; alone each gets its own answer or its own fault.
            Log.Separated(logger, e, model, batch.Requests.Count);
        }
        await Task.WhenAll(batch.Requests.Skip(answered).Select(request => RunAloneAsync(batch, request)));
    }

    private async Task RunAloneAsync(Batch batch, BatchedRequest request)
    {
        try
        {
            request.Succeed(await run(request.Inputs, batch.Outputs, request.Cancellation));
        }
        catch (Exception e)
        {
            request.Fail(e);
        }
    }

    /// <summary>Each request's outputs; null when the model does not keep its rows apart.</summary>
    private async Task<HostTensor[][]?> RunJoinedAsync(Batch batch)
    {
        HostTensor[] outputs = [];
        var inputs = batch.JoinInputs();
        try
        {
            outputs = await run(inputs, batch.Outputs, CancellationToken.None);
            if (Array.Find(outputs, output => output.Shape.Rank == 0 || output.Shape.Dimensions[0] != batch.Rows) is { } odd)
            {
                TurnOff($"{batch.Rows} rows gave an output of shape {odd.Shape}");
                return null;
            }
            var answers = batch.SplitOutputs(outputs);
            if (_isChecked || (await IsRightAsync(batch, answers, 0) && await IsRightAsync(batch, answers, answers.Length - 1)))
            {
                _isChecked = true;
                return answers;
            }
            Dispose([.. answers.SelectMany(answer => answer)]);
            TurnOff("a request's answer in a batch is another than alone");
            return null;
        }
        finally
        {
            Dispose(inputs);
            Dispose(outputs);
        }
    }

    /// <summary>Whether a request's answer is the one it gets alone. A model that reads its rows as a sequence may leave the first right, or the last.</summary>
    private async Task<bool> IsRightAsync(Batch batch, HostTensor[][] answers, int index)
    {
        var alone = await run(batch.Requests[index].Inputs, batch.Outputs, CancellationToken.None);
        try
        {
            return alone.Zip(answers[index]).All(pair => BatchRules.AreSame(pair.First, pair.Second));
        }
        finally
        {
            Dispose(alone);
        }
    }

    private void TurnOff(string why)
    {
        _isOff = true;
        Log.TurnedOff(logger, model, why);
    }

    private static void Dispose(HostTensor[] tensors)
    {
        foreach (var tensor in tensors)
            tensor.Dispose();
    }

    private static partial class Log
    {
        [LoggerMessage(32, LogLevel.Warning, "{Model}: {Requests} requests that failed together are run one by one")]
        public static partial void Separated(ILogger logger, Exception exception, string model, int requests);

        [LoggerMessage(33, LogLevel.Error, "{Model} is not batched any more, for it does not keep its rows apart: {Why}")]
        public static partial void TurnedOff(ILogger logger, string model, string why);
    }
}
