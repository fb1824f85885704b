using System.Globalization;
using System.Text.Json.Nodes;
using Hearth.Api;
using Hearth.Api.InferenceFunctions;
using Hearth.Cli.Demos.Serving;

namespace Hearth.Cli.Demos.Functions;

/// <summary>Shows an inference function from nothing to a warm answer and back to zero, and measures it on the way.</summary>
internal sealed class FunctionsDemo
{
    private const string EmptyPool = "demo-empty";
    private const int Cycles = 20;
    private const int WarmRequests = 200;
    private const int FewWarmRequests = 20;
    private static readonly TimeSpan WarmTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(2);

    private readonly FunctionsDemoOptions _options;
    private readonly Subject _subject;
    private readonly DemoStage _stage;
    private readonly DemoScreen _screen;
    private readonly FunctionsView _view;
    private readonly PoolControl _pools;
    private readonly FunctionControl _control;
    private readonly FunctionClient _functions;
    private readonly TimeProvider _time;
    private readonly string _pool;
    private int _warm;

    public FunctionsDemo(FunctionsDemoOptions options, Subject subject, DemoStage stage)
    {
        _options = options;
        _subject = subject;
        _stage = stage;
        _screen = stage.Screen;
        _time = stage.Time;
        _view = new(stage.Screen);
        _pools = new(stage.Cluster.Client, stage.Time);
        _control = new(stage.Cluster.Client, _pools, stage.Time);
        _functions = new(stage.Http, stage.Cluster.Gateway, stage.Time);
        _pool = (string?)subject.Function["spec"]!["pool"] ?? HearthApi.DefaultPool;
    }

    private string Name => _subject.Name;

    private string TwinName => $"{Name}-create";

    /// <summary>Runs the demo to its end.</summary>
    /// <exception cref="CommandException">Something did not go as it should.</exception>
    public async Task RunAsync(CancellationToken cancel)
    {
        _screen.Say($"functions answer at {_stage.Cluster.Gateway}v1.0/invoke/{Name}/method/v2/models/{Name}/infer");
        await ApplyAsync(cancel);
        var inputs = await ReadInputsAsync(cancel);
        var first = await InvokeColdAsync(inputs[0], cancel);
        var warm = await InvokeWarmAsync(inputs, cancel);
        var created = await InvokeCreatingAsync(inputs[0], cancel);
        var cold = await CycleAsync(inputs[0], warm, cancel);
        await ScaleToZeroAsync(inputs[0], cancel);
        _view.ShowSummary(cold, created, warm);
        Keep(first, cold, created, warm);
    }

    private async Task ApplyAsync(CancellationToken cancel)
    {
        _screen.Step($"apply function \"{Name}\" and wait for its pool");
        IEnumerable<JsonObject> objects = [.. _subject.Manifest, .. _subject.MakeTwin(TwinName, EmptyPool)];
        await _screen.WatchAsync(
            new ClusterView(_stage.Cluster.Client).RenderAsync,
            async () =>
            {
                foreach (var entity in objects)
                    await _stage.Objects.ApplyAsync(entity, cancel);
                _warm = await _pools.ReadWarmAsync(_pool, cancel);
                await _control.WaitForReadyAsync(Name, cancel);
                await _pools.WaitForCalmAsync(_pool, _warm, cancel);
            },
            cancel);
    }

    /// <summary>The requests to send: one for each picture, or one of the user's files once the model has said what it takes.</summary>
    private async Task<IReadOnlyList<IReadOnlyList<Tensor>>> ReadInputsAsync(CancellationToken cancel)
    {
        if (_subject.Pictures.Count > 0)
            return [.. _subject.Pictures.Select(p => (IReadOnlyList<Tensor>)[p.Picture.ToTensor("image")])];
        var specs = await _functions.ReadInputsAsync(Name, cancel);
        var inputs = InputFile.ReadAll(_options.Inputs, specs);
        await _control.ReleaseAsync(Name, _pool, _warm, cancel);
        return [inputs];
    }

    private async Task<Answer> InvokeColdAsync(IReadOnlyList<Tensor> input, CancellationToken cancel)
    {
        _screen.Step("the first request finds no worker and claims one of the pool");
        var answer = await _control.InvokeResumedAsync(() => InferAsync(Name, input, cancel), cancel);
        _view.ShowColdStart(answer);
        return answer;
    }

    private async Task<IReadOnlyList<double>> InvokeWarmAsync(IReadOnlyList<IReadOnlyList<Tensor>> inputs, CancellationToken cancel)
    {
        _screen.Step("requests to the warm worker");
        var answers = new List<Answer>();
        foreach (var input in inputs)
            answers.Add(await InferAsync(Name, input, cancel));
        if (_subject.Pictures.Count > 0)
            _view.ShowPictures(_subject.Pictures, answers);
        else
            _view.ShowOutputs(answers[0].ReadOutputs());
        var times = new List<double>();
        var started = _time.GetTimestamp();
        for (var i = 0; i < WarmRequests && (i < FewWarmRequests || _time.GetElapsedTime(started) < WarmTime); i++)
            times.Add((await InferAsync(Name, inputs[i % inputs.Count], cancel)).FirstByte.TotalMilliseconds);
        return times;
    }

    private async Task<Answer> InvokeCreatingAsync(IReadOnlyList<Tensor> input, CancellationToken cancel)
    {
        _screen.Step("the same function on an empty pool: a pod has to be created");
        var answer = await InferAsync(TwinName, input, cancel);
        _view.ShowColdStart(answer);
        await _stage.Cluster.Client.DeleteAsync<InferenceFunction>(TwinName, DemoObjects.Namespace, cancel: cancel);
        return answer;
    }

    private async Task<IReadOnlyList<Answer>> CycleAsync(IReadOnlyList<Tensor> input, IReadOnlyList<double> warm, CancellationToken cancel)
    {
        _screen.Step($"{Cycles} times to zero and back over the warm pool");
        var answers = new List<Answer>();
        for (var i = 0; i < Cycles; i++)
        {
            await _control.ReleaseAsync(Name, _pool, _warm, cancel);
            var answer = await _control.InvokeResumedAsync(() => InferAsync(Name, input, cancel), cancel);
            answers.Add(answer.ColdStart?.Path == "pool"
                ? answer
                : throw new CommandException($"cycle {i + 1} was to claim a worker of pool \"{_pool}\", but says: {answer.ColdStart?.Path ?? "warm"}."));
        }
        _view.ShowCycles(answers, Latencies.Median(warm));
        return answers;
    }

    private async Task ScaleToZeroAsync(IReadOnlyList<Tensor> input, CancellationToken cancel)
    {
        _screen.Step(string.Create(CultureInfo.InvariantCulture, $"nobody asks for {KeepAlive.TotalSeconds} s: the worker goes back to its pool"));
        await _control.ReleaseAsync(Name, _pool, _warm, cancel);
        await _control.SetKeepAliveAsync(Name, KeepAlive, cancel);
        await _control.InvokeResumedAsync(() => InferAsync(Name, input, cancel), cancel);
        await _screen.WatchAsync(new ClusterView(_stage.Cluster.Client).RenderAsync, () => _control.WaitForZeroAsync(Name, cancel), cancel);
        var answer = await InferAsync(Name, input, cancel);
        var took = answer.FirstByte.TotalMilliseconds.ToString("0.0", CultureInfo.InvariantCulture);
        _screen.Say($"and the next request is answered all the same, after {took} ms ({answer.ColdStart?.Path})");
    }

    private Task<Answer> InferAsync(string function, IReadOnlyList<Tensor> input, CancellationToken cancel) =>
        _functions.InferAsync(function, input, _options.Binary, cancel);

    private void Keep(Answer first, IReadOnlyList<Answer> cold, Answer created, IReadOnlyList<double> warm)
    {
        var outputs = first.ReadOutputs();
        if (_options.Output is { } output)
            File.WriteAllText(output, ProtocolV2.WriteAnswer(Name, outputs));
        if (_options.Report is { } report)
            FunctionsReport.Make([.. cold.Select(a => a.ColdStart!)], created.FirstByte, warm, outputs).Write(report);
    }
}
