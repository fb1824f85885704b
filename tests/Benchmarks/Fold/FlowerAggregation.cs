using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Hearth.Benchmarks.Fold;

/// <summary>What NumPy needed for Flower's aggregation, in a process of its own.</summary>
/// <param name="Seconds">Shortest time of Flower's <c>aggregate</c> of one array, as Hearth folds it.</param>
/// <param name="LayersSeconds">The same layer by layer.</param>
/// <param name="InplaceLayersSeconds">Flower's <c>aggregate_inplace</c>, layer by layer.</param>
/// <param name="Elements">Length of an update.</param>
/// <param name="Sum">Sum of the result's elements.</param>
internal sealed record FlowerAggregation(double Seconds, double LayersSeconds, double InplaceLayersSeconds, long Elements, double Sum)
{
    private const string Script = "flower_aggregate.py";

    // Debian's, which has Debian's NumPy.
    private const string Python = "/usr/bin/python3";

    /// <summary>Measures.</summary>
    /// <exception cref="InvalidOperationException">There is no Python or no NumPy.</exception>
    public static async Task<FlowerAggregation> MeasureAsync(int updates, int rounds, CancellationToken cancel)
    {
        using var script = typeof(FlowerAggregation).Assembly.GetManifestResourceStream(Script)!;
        var start = new ProcessStartInfo(Python, ["-", $"{updates}", $"{rounds}"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        using var python = Process.Start(start)!;
        await script.CopyToAsync(python.StandardInput.BaseStream, cancel);
        python.StandardInput.Close();
        var output = await python.StandardOutput.ReadToEndAsync(cancel);
        await python.WaitForExitAsync(cancel);
        if (python.ExitCode != 0)
            throw new InvalidOperationException("Flower's aggregation did not run; `make bench-setup` installs python3-numpy.");
        var figures = JsonNode.Parse(output)!;
        return new((double)figures["seconds"]!, (double)figures["layersSeconds"]!, (double)figures["inplaceLayersSeconds"]!, (long)figures["elements"]!, (double)figures["sum"]!);
    }
}
