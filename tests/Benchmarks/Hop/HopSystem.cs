namespace Hearth.Benchmarks.Hop;

/// <summary>A way for an update to reach the consumer, and what it took.</summary>
/// <param name="name">Name in the figures.</param>
/// <param name="hop">Hands one update over; the time and the CPU of every process that took part.</param>
internal sealed class HopSystem(string name, Func<Task<(TimeSpan Elapsed, TimeSpan Cpu)>> hop)
{
    private readonly List<TimeSpan> _times = [];
    private readonly List<TimeSpan> _cpu = [];

    public string Name => name;

    public TimeSpan MedianTime => _times.Order().ElementAt(_times.Count / 2);

    public TimeSpan MedianCpu => _cpu.Order().ElementAt(_cpu.Count / 2);

    public async Task RunAsync(bool counts)
    {
        var (elapsed, cpu) = await hop();
        if (!counts)
            return;
        _times.Add(elapsed);
        _cpu.Add(cpu);
    }
}
