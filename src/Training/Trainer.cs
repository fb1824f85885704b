using Hearth.Compute;
using Hearth.Compute.Accelerators;
using Hearth.Training.Checkpoints;
using Hearth.Training.Datasets;
using Hearth.Training.Losses;
using Hearth.Training.Models;
using Hearth.Training.Optimizers;
using Hearth.Transport.Collectives;

namespace Hearth.Training;

/// <summary>Fits a model to data, step by step; alone, or as one of several ranks that share the examples of each step.</summary>
/// <remarks>
/// Model, data, options and the number of ranks determine every weight, bit for bit, on every rank and whatever the number of threads; a trainer that
/// took over a checkpoint goes on as one that never stopped. Another machine, or one with another OpenBLAS, may round sums differently. Used by one
/// thread at a time.
/// </remarks>
public sealed class Trainer : IDisposable
{
    private readonly Dataset _data;
    private readonly TrainingIdentity _identity;
    private readonly AcceleratorStream _stream;
    private readonly BatchSampler _sampler;
    private readonly NetworkPass _pass;
    private readonly SoftmaxCrossEntropy _loss;
    private readonly MemoryBuffer<float> _gradients;
    private readonly Ring? _ring;
    private readonly float[] _exchanged;
    private readonly Optimizer _optimizer;

    /// <summary>Prepares a training at its beginning: the network has the seed's first weights.</summary>
    /// <param name="accelerator">Where to compute.</param>
    /// <param name="model">What is trained.</param>
    /// <param name="data">All the examples, the same ones on every rank.</param>
    /// <param name="options">How it learns, the same on every rank.</param>
    /// <param name="ring">The ranks; stays its owner's. Null for a training alone.</param>
    /// <exception cref="ArgumentException">Model, data or options have faults, or do not fit each other.</exception>
    /// <exception cref="AcceleratorMemoryException">It does not fit on the accelerator.</exception>
    public Trainer(Accelerator accelerator, ModelSpec model, Dataset data, TrainingOptions options, Ring? ring = null)
    {
        if (options.FindFaults().ToList() is { Count: > 0 } faults)
            throw new ArgumentException($"The training cannot run: {string.Join("; ", faults)}.", nameof(options));
        data.ThrowUnlessFor(model);
        Network = new Network(accelerator, model);
        _data = data;
        _identity = new TrainingIdentity(model, options, data.Count);
        var batchSize = Math.Min(options.BatchSize, data.Count);
        _ring = ring is { WorldSize: > 1 } ? ring : null;
        var rows = (batchSize + (_ring?.WorldSize ?? 1) - 1) / (_ring?.WorldSize ?? 1);
        _sampler = new BatchSampler(data.Count, batchSize, options.Seed);
        _stream = accelerator.CreateStream();
        _pass = new NetworkPass(Network, _stream, rows, backward: true);
        _loss = new SoftmaxCrossEntropy(accelerator, model.Classes.Count, rows);
        _gradients = accelerator.Allocate<float>(Network.Values.Length);
        // The loss travels behind the gradients.
        _exchanged = _ring is null ? [] : new float[checked(Network.Values.Length + 1)];
        _optimizer = options.Optimizer.Build(_stream, Network.Values.Length);
        Network.Initialize(options.Seed);
    }

    /// <summary>What is trained.</summary>
    public Network Network { get; }

    /// <summary>Steps taken.</summary>
    public long Step { get; private set; }

    /// <summary>Steps that look at every example once.</summary>
    public int StepsPerEpoch => _sampler.StepsPerEpoch;

    /// <summary>More bytes than a checkpoint of this training has.</summary>
    internal int MaxCheckpointLength
    {
        get
        {
            // Names, shapes and the training's identity are far smaller than this.
            const long Header = 16 << 20;
            var values = Network.Values.Length * (1 + _optimizer.State.Count());
            return (int)Math.Min(Array.MaxLength, Header + (values * sizeof(float)));
        }
    }

    /// <summary>Takes a step alone.</summary>
    /// <returns>Loss of the step's examples before it, in nats.</returns>
    /// <exception cref="TrainingDivergedException">The loss is not finite; the weights are as they were.</exception>
    /// <exception cref="InvalidOperationException">There are other ranks.</exception>
    public double TakeStep() => _ring is null
        ? Update(ComputeGradients(_sampler.Batch(Step)))
        : throw new InvalidOperationException($"This is one of {_ring.WorldSize} ranks: take steps by {nameof(TakeStepAsync)}.");

    /// <summary>Takes a step together with the other ranks.</summary>
    /// <returns>Loss of the step's examples before it, in nats, the same on every rank.</returns>
    /// <exception cref="TrainingDivergedException">The loss is not finite; the weights are as they were, on every rank.</exception>
    /// <exception cref="CollectiveException">Another rank is gone; the weights are as they were.</exception>
    public async Task<double> TakeStepAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var loss = ComputeGradients(_sampler.Batch(Step));
        if (_ring is not null)
        {
            _stream.CopyToCPU(_gradients.View, _exchanged.AsSpan(..^1));
            _exchanged[^1] = (float)loss;
            await _ring.SumAsync(_exchanged, cancellation);
            _stream.CopyFromCPU<float>(_exchanged.AsSpan(..^1), _gradients.View);
            loss = _exchanged[^1];
        }
        return Update(loss);
    }

    /// <summary>Copies everything that a later trainer needs to go on from here.</summary>
    public TrainingState Capture()
    {
        _stream.Synchronize();
        var tensors = Network.ToTensors();
        foreach (var (name, values) in _optimizer.State)
        {
            var tensor = HostTensor.Allocate(DataType.F32, TensorShape.Of(values.Length));
            tensors.Add(TrainingState.OptimizerPrefix + name, tensor);
            _stream.CopyToCPU(values, tensor.Buffer.AsSpan<float>());
        }
        return new TrainingState(Step, _identity, tensors);
    }

    /// <summary>Goes on from a checkpoint, wherever this trainer stood.</summary>
    /// <exception cref="CheckpointMismatchException">It belongs to another training; this one stays as it was.</exception>
    public void Resume(Checkpoint checkpoint)
    {
        if (checkpoint.Identity.FindDifferences(_identity).ToList() is { Count: > 0 } differences)
            throw new CheckpointMismatchException(checkpoint.Path, differences);
        Network.Load(checkpoint.Tensors, checkpoint.Path);
        foreach (var (name, values) in _optimizer.State)
        {
            using var tensor = checkpoint.Tensors.GetTensor(TrainingState.OptimizerPrefix + name);
            _stream.CopyFromCPU<float>(tensor.Buffer.AsSpan<float>(), values);
        }
        Step = checkpoint.Step;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _optimizer.Dispose();
        _gradients.Dispose();
        _loss.Dispose();
        _pass.Dispose();
        _stream.Dispose();
        Network.Dispose();
    }

    private double Update(double loss)
    {
        if (!double.IsFinite(loss))
            throw new TrainingDivergedException(Step + 1, loss);
        Step++;
        _optimizer.Step(_stream, Network.Values, _gradients.View, Step);
        return loss;
    }

    /// <summary>Computes this rank's part of loss and gradients of a step's examples; the parts of all ranks add up to the average over the step.</summary>
    private double ComputeGradients(ReadOnlySpan<int> batch)
    {
        var (rank, ranks) = (_ring?.Rank ?? 0, _ring?.WorldSize ?? 1);
        var start = (int)((long)batch.Length * rank / ranks);
        var examples = batch[start..(int)((long)batch.Length * (rank + 1) / ranks)];
        if (examples.IsEmpty)
        {
            _stream.MemSetToZero(_gradients.View);
            return 0;
        }
        for (var row = 0; row < examples.Length; row++)
        {
            _pass.SetExample(row, _data.Features(examples[row]));
            _loss.SetLabel(row, _data.Label(examples[row]));
        }
        _pass.Forward(examples.Length);
        var loss = _loss.Compute(_stream, _pass.Output(examples.Length), _pass.OutputSlope(examples.Length), batch.Length);
        _pass.Backward(examples.Length, _gradients.View);
        return loss;
    }
}
