namespace Hearth.Worker.Models;

/// <summary>A loaded model that no assignment has at present.</summary>
/// <param name="Key">What it is.</param>
/// <param name="Uri">Where it was read from.</param>
/// <param name="Model">The model.</param>
/// <param name="FileBytes">Bytes of its files: it takes no less.</param>
/// <param name="Memory">What it was measured to take, its runs included.</param>
internal sealed record ResidentModel(ModelKey Key, string Uri, IModel Model, long FileBytes, MemoryUse Memory)
{
    /// <summary>Bytes of the budget that it takes.</summary>
    public long Bytes => Math.Max(FileBytes, Math.Max(Memory.Native, Memory.Counted));

    /// <summary>The same after an assignment more, in which it took <paramref name="more"/>.</summary>
    public ResidentModel Grown(MemoryUse more) => this with { Memory = new(Memory.Native + more.Native, Memory.Counted + more.Counted) };
}
