using System.Runtime.InteropServices;
using Hearth.Compute;
using Hearth.Compute.Accelerators;
using Hearth.Compute.Safetensors;
using Hearth.Federation.Models;

namespace Hearth.Federation.Folding;

/// <summary>(Σ w·x, Σ w) over updates, in 64-bit floats; divides once, at the end.</summary>
/// <remarks>
/// Sums go element by element in the order in which updates are folded, so the same order gives the same bits however the updates are grouped. Keeping the
/// pair, rather than a running average, makes sums of sums exact in weight: accumulators can be added. Used by one thread at a time.
/// </remarks>
internal sealed class FoldAccumulator : IDisposable
{
    // Of what is copied at once, or made to be written: little beside a model, much beside what a step costs.
    private const int PieceElements = 1 << 20;

    private readonly ModelLayout _layout;
    private readonly AcceleratorStream _stream;
    private readonly IDisposable _memory;
    private readonly ArrayView<double> _sums;

    /// <summary>Begins with nothing folded.</summary>
    /// <exception cref="AcceleratorMemoryException">The sums do not fit.</exception>
    public FoldAccumulator(Accelerator accelerator, ModelLayout layout)
    {
        _layout = layout;
        var memory = accelerator.Allocate<double>(layout.ElementCount);
        (_memory, _sums) = (memory, memory.View);
        _stream = accelerator.CreateStream();
    }

    /// <summary>Goes on in memory of the host: where the accelerator computes there, the sums never move.</summary>
    /// <param name="accelerator">What folds.</param>
    /// <param name="layout">The tensors.</param>
    /// <param name="home">Where the sums lie; stays the caller's, and holds them after <see cref="Store"/>.</param>
    /// <param name="weight">Σ w of what lies there; 0 for nothing.</param>
    public FoldAccumulator(Accelerator accelerator, ModelLayout layout, HostBuffer home, double weight)
    {
        (_layout, Weight) = (layout, weight);
        _stream = accelerator.CreateStream();
        if (accelerator.AcceleratorType == AcceleratorType.CPU)
        {
            var memory = accelerator.Import(home);
            (_memory, _sums) = (memory, memory.View.Cast<double>());
            return;
        }
        var device = accelerator.Allocate<double>(layout.ElementCount);
        (_memory, _sums) = (device, device.View);
        if (weight > 0)
            ForEachPiece((at, count) => _stream.CopyFromCPU(Elements(home, at, count), _sums.SubView(at, count)));
    }

    /// <summary>Σ w.</summary>
    public double Weight { get; private set; }

    /// <summary>Folds updates, which have the layout's tensors, in one pass over the sums.</summary>
    public void Fold(IReadOnlyList<(SafetensorsContent Update, double Weight)> updates)
    {
        foreach (var tensor in _layout.Tensors)
            Fold(tensor, updates);
        foreach (var (_, weight) in updates)
            Weight += weight;
    }

    /// <summary>Adds the sums of another accumulator.</summary>
    /// <param name="sums">Its Σ w·x, or the part of it that begins at element <paramref name="offset"/>.</param>
    /// <param name="offset">First element.</param>
    public void Add(HostBuffer sums, long offset)
    {
        var count = sums.Length / sizeof(double);
        using var memory = _stream.Accelerator.Import(sums);
        _stream.Fold([new FoldInput(memory.View, DataType.F64, 1)], _sums.SubView(offset, count), overwrite: Weight == 0);
        _stream.Synchronize();
    }

    /// <summary>Says that all parts of another accumulator's sums were added.</summary>
    public void AddWeight(double weight) => Weight += weight;

    /// <summary>Puts the sums where they lie in the host's memory.</summary>
    public void Store(HostBuffer home)
    {
        if (_stream.Accelerator.AcceleratorType != AcceleratorType.CPU)
            ForEachPiece((at, count) => _stream.CopyToCPU(_sums.SubView(at, count), Elements(home, at, count)));
        _stream.Synchronize();
    }

    /// <summary>Writes Σ w·x / Σ w, rounded once to 32-bit floats, as safetensors; made piece by piece, since the sums alone are twice a model.</summary>
    /// <exception cref="InvalidOperationException">Nothing was folded.</exception>
    public async Task WriteAverageAsync(Stream target, CancellationToken cancellation)
    {
        if (Weight <= 0)
            throw new InvalidOperationException("Nothing was folded, so there is no average.");
        var offsets = _layout.Tensors.ToDictionary(tensor => tensor.Name, tensor => tensor.Offset);
        var writer = new SafetensorsWriter(target, _layout.Tensors.Select(tensor => (tensor.Name, DataType.F32, tensor.Shape)));
        using var piece = HostBuffer.Allocate(PieceElements * sizeof(float));
        // Where the accelerator computes in the host's memory, the averages are made where they are written from.
        var isHost = _stream.Accelerator.AcceleratorType == AcceleratorType.CPU;
        using var narrow = isHost ? _stream.Accelerator.Import(piece) : _stream.Accelerator.Allocate<byte>(piece.Length);
        foreach (var tensor in writer.Header.Tensors)
        {
            for (long at = 0, end = tensor.Shape.ElementCount; at < end; at += PieceElements)
            {
                var count = (int)Math.Min(PieceElements, end - at);
                var view = narrow.View.Cast<float>().SubView(0, count);
                _stream.Narrow(1 / Weight, _sums.SubView(offsets[tensor.Name] + at, count), view);
                if (isHost)
                    _stream.Synchronize();
                else
                    _stream.CopyToCPU(view, piece.AsSpan<float>()[..count]);
                await writer.WriteAsync(piece.AsMemory(0, count * sizeof(float)), cancellation);
            }
        }
        await writer.CompleteAsync(cancellation);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stream.Dispose();
        _memory.Dispose();
    }

    private static Span<double> Elements(HostBuffer home, long at, int count) =>
        MemoryMarshal.Cast<byte, double>(home.AsSpan(at * sizeof(double), count * sizeof(double)));

    private void ForEachPiece(Action<long, int> copy)
    {
        for (long at = 0; at < _layout.ElementCount; at += PieceElements)
            copy(at, (int)Math.Min(PieceElements, _layout.ElementCount - at));
    }

    private void Fold(ModelTensor tensor, IReadOnlyList<(SafetensorsContent Update, double Weight)> updates)
    {
        List<IDisposable> borrowed = [];
        var inputs = new FoldInput[updates.Count];
        try
        {
            for (var i = 0; i < inputs.Length; i++)
            {
                var elements = updates[i].Update.GetTensor(tensor.Name);
                borrowed.Add(elements);
                var memory = _stream.Accelerator.Import(elements.Buffer);
                borrowed.Add(memory);
                inputs[i] = new FoldInput(memory.View, DataType.F32, updates[i].Weight);
            }
            // What the sums hold before the first fold is undefined.
            _stream.Fold(inputs, _sums.SubView(tensor.Offset, tensor.Shape.ElementCount), overwrite: Weight == 0);
            // On other devices the work is still queued here, and reads what is about to be given back.
            _stream.Synchronize();
        }
        finally
        {
            foreach (var item in Enumerable.Reverse(borrowed))
                item.Dispose();
        }
    }
}
