using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Hearth.Compute;
using Hearth.Testing;
using Hearth.Worker.Functions.Batching;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hearth.Worker.Tests.Functions.Batching;

/// <summary>Joined runs of a model that answers twice its input.</summary>
public sealed class BatchQueueTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(5);
    private static readonly int[] Output = [0];

    private readonly ManualTimeProvider _time = new();
    private readonly WorkerMetrics _metrics = new(nameof(BatchQueueTests));
    private readonly ConcurrentQueue<long> _runs = new();

    public void Dispose() => _metrics.Dispose();

    [Fact]
    public async Task RunAsync_AsManyRowsAsFit_AreOneRunAndEachGetsItsOwn()
    {
        var queue = Make(maxSize: 6, Double);

        float[][] inputs = [[1], [2, 3], [4, 5, 6]];
        var answers = inputs.Select(values => AskAsync(queue, values)).ToArray();

        Assert.Equal([[2], [4, 6], [8, 10, 12]], await Task.WhenAll(answers).WaitAsync(Patience));
        // The first joined run is held against its first and its last request alone.
        Assert.Equal([6, 1, 3], _runs);
    }

    [Fact]
    public async Task RunAsync_TimeIsOver_RunsWhatIsThere()
    {
        var queue = Make(maxSize: 100, Double);
        var first = AskAsync(queue, 1);
        await _time.WaitForTimerAsync(Delay);
        var second = AskAsync(queue, 2);

        Assert.False(first.IsCompleted || second.IsCompleted);
        _time.Advance(Delay);

        Assert.Equal([[2], [4]], await Task.WhenAll(first, second).WaitAsync(Patience));
        Assert.Equal(2, _runs.First());
    }

    [Fact]
    public async Task RunAsync_Alone_IsRunAsItCame()
    {
        var queue = Make(maxSize: 4, Double);

        var alone = AskAsync(queue, 1);
        await _time.WaitForTimerAsync(Delay);
        _time.Advance(Delay);
        var large = AskAsync(queue, 1, 2, 3, 4);
        var none = AskAsync(queue);

        Assert.Equal([[2], [2, 4, 6, 8], []], await Task.WhenAll(alone, large, none).WaitAsync(Patience));
        Assert.Equal([0, 1, 4], _runs.Order());
    }

    [Fact]
    public async Task RunAsync_NextDoesNotFit_FormsTheNextBatch()
    {
        var queue = Make(maxSize: 4, Double);
        var first = AskAsync(queue, 1, 2, 3);

        var second = AskAsync(queue, 4, 5);

        await AssertAnswerAsync(first, [2, 4, 6]);
        Assert.False(second.IsCompleted);
        _time.Advance(Delay);
        await AssertAnswerAsync(second, [8, 10]);
    }

    [Fact]
    public async Task RunAsync_OtherOutputs_AreNotJoined()
    {
        var queue = Make(maxSize: 2, (inputs, outputs) => outputs.Count == 2 ? [.. Double(inputs, outputs), .. Double(inputs, outputs)] : Double(inputs, outputs));
        var one = AskAsync(queue, 1);
        using var input = Floats(2);
        var both = queue.RunAsync([input], [0, 1], default);

        _time.Advance(Delay);

        await AssertAnswerAsync(one, [2]);
        Assert.Equal(2, (await both.WaitAsync(Patience)).Length);
        Assert.Equal([1, 1], _runs);
    }

    [Fact]
    public async Task RunAsync_OneFailsTheRun_OthersAreAnsweredAndItLearnsWhy()
    {
        var queue = Make(maxSize: 3, (inputs, outputs) =>
            inputs[0].Buffer.AsSpan<float>().Contains(13) ? throw new InvalidOperationException("13") : Double(inputs, outputs));

        var good = AskAsync(queue, 1);
        var bad = AskAsync(queue, 13);
        var alsoGood = AskAsync(queue, 2);

        Assert.Equal([[2], [4]], await Task.WhenAll(good, alsoGood).WaitAsync(Patience));
        Assert.Equal("13", (await Assert.ThrowsAsync<InvalidOperationException>(() => bad.WaitAsync(Patience))).Message);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    public async Task RunAsync_ModelMixesItsRows_IsFoundOutAndEachIsRunAlone(int row, int dependsOn)
    {
        var queue = Make(maxSize: 2, (inputs, outputs) =>
        {
            var answer = Double(inputs, outputs);
            var values = answer[0].Buffer.AsSpan<float>();
            if (values.Length == 2)
                values[row] += values[dependsOn];
            return answer;
        });

        var wrong = await Task.WhenAll(AskAsync(queue, 1), AskAsync(queue, 2)).WaitAsync(Patience);
        var later = AskAsync(queue, 3);

        Assert.Equal([[2], [4]], wrong);
        await AssertAnswerAsync(later, [6]);
        Assert.Equal(1, _runs.Count(rows => rows == 2));
    }

    [Fact]
    public async Task RunAsync_ModelAnswersAnotherNumberOfRows_EachIsRunAlone()
    {
        var queue = Make(maxSize: 2, (_, _) => [Floats(7)]);

        Assert.Equal([[7], [7]], await Task.WhenAll(AskAsync(queue, 1), AskAsync(queue, 2)).WaitAsync(Patience));
    }

    [Fact]
    public async Task RunAsync_CallerLeavesBeforeTheRun_OthersGoOn()
    {
        var queue = Make(maxSize: 10, Double);
        using var leaving = new CancellationTokenSource();
        using var input = Floats(1);
        var left = queue.RunAsync([input], Output, leaving.Token);
        var stays = AskAsync(queue, 2);

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left.WaitAsync(Patience));
        _time.Advance(Delay);

        await AssertAnswerAsync(stays, [4]);
        Assert.Equal([1], _runs);
    }

    [Fact]
    public async Task RunAsync_ManyAtOnce_EachGetsItsOwn()
    {
        var queue = Make(maxSize: 8, Double);

        var answers = await Task.WhenAll(Enumerable.Range(0, 400).Select(i => Task.Run(() => AskAsync(queue, i, i + 0.5f)))).WaitAsync(Patience);

        Assert.All(answers.Select((answer, i) => (answer, i)), pair => Assert.Equal([2f * pair.i, (2f * pair.i) + 1], pair.answer));
    }

    private static HostTensor[] Double(IReadOnlyList<HostTensor> inputs, IReadOnlyList<int> outputs) =>
        [Floats([.. inputs[0].Buffer.AsSpan<float>().ToArray().Select(value => 2 * value)])];

    private static HostTensor Floats(params float[] values) => new(DataType.F32, TensorShape.Of(values.Length), HostBuffer.CopyOf(MemoryMarshal.AsBytes<float>(values)));

    private BatchQueue Make(int maxSize, Func<IReadOnlyList<HostTensor>, IReadOnlyList<int>, HostTensor[]> model) => new(
        "fn", new() { MaxSize = maxSize, MaxDelay = Delay },
        (inputs, outputs, _) =>
        {
            _runs.Enqueue(inputs[0].Shape.Dimensions[0]);
            return Task.FromResult(model(inputs, outputs));
        },
        _metrics, _time, NullLogger.Instance);

    private static async Task AssertAnswerAsync(Task<float[]> answer, float[] expected) => Assert.Equal(expected, await answer.WaitAsync(Patience));

    private static async Task<float[]> AskAsync(BatchQueue queue, params float[] values)
    {
        using var input = Floats(values);
        var outputs = await queue.RunAsync([input], Output, default);
        var answer = outputs[0].Buffer.AsSpan<float>().ToArray();
        outputs[0].Dispose();
        return answer;
    }
}
