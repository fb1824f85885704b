using Hearth.Compute.Accelerators;

namespace Hearth.Benchmarks.Fold;

/// <summary>What measures a memory's bandwidth: a triad on the host, copies within a device.</summary>
/// <param name="Bytes">Traffic of a run.</param>
/// <param name="Runs">Ways to make it; the fastest counts.</param>
internal sealed record BandwidthLimit(long Bytes, IReadOnlyList<Action> Runs, IReadOnlyList<IDisposable> Memory) : IDisposable
{
    public static BandwidthLimit OfHost(long elements)
    {
        var triad = new Triad(elements);
        return new(3 * sizeof(float) * elements, [triad.RunBypassing, triad.RunCached], [triad]);
    }

    public static BandwidthLimit OfDevice(Accelerator accelerator, long elements)
    {
        var (source, target) = (accelerator.Allocate<float>(elements), accelerator.Allocate<float>(elements));
        var stream = accelerator.DefaultStream;
        stream.MemSetToZero(source.View);
        return new(2 * sizeof(float) * elements, [() => stream.Copy(source.View, target.View)], [source, target]);
    }

    public void Dispose()
    {
        foreach (var memory in Memory)
            memory.Dispose();
    }
}
