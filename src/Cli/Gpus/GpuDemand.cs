using System.Globalization;
using Hearth.Cli.Simulation;

namespace Hearth.Cli.Gpus;

/// <summary>What a trace asks for: requests per second of each class of sizes, in the class's own busiest window.</summary>
internal static class GpuDemand
{
    /// <summary>Reads a trace.</summary>
    /// <param name="path">CSV file with one request a row.</param>
    /// <param name="time">Column of the arrival.</param>
    /// <param name="size">Columns whose sum is a request's size.</param>
    /// <param name="sizes">Largest size of each class, ascending.</param>
    /// <param name="window">Seconds of a window.</param>
    /// <exception cref="CommandException">The file cannot be read, holds something else, or requests that are larger than any class; says where.</exception>
    public static double[] Read(string path, string time, IReadOnlyList<string> size, IReadOnlyList<double> sizes, double window)
    {
        try
        {
            using var reader = new StreamReader(path);
            var table = new CsvTable(path, reader, "Name the right ones with --time and --size.");
            return Read(table, table.Index(time), [.. size.Select(table.Index)], sizes, window);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"the trace \"{path}\" cannot be read: {e.Message}");
        }
    }

    private static double[] Read(CsvTable table, int time, int[] size, IReadOnlyList<double> sizes, double window)
    {
        var busiest = new int[sizes.Count];
        var counts = new Dictionary<(int Class, double Window), int>();
        while (table.MoveNext())
        {
            var length = size.Sum(column => table.Number(column, 0));
            var at = 0;
            while (at < sizes.Count && sizes[at] < length)
                at++;
            if (at == sizes.Count)
                throw table.Fault(string.Create(CultureInfo.InvariantCulture, $"the request's size is {length}, and nothing above {sizes[^1]} was measured: measure that too, or leave such requests out"));
            var key = (at, Math.Floor(table.Seconds(time) / window));
            busiest[at] = Math.Max(busiest[at], counts[key] = counts.GetValueOrDefault(key) + 1);
        }
        return counts.Count > 0 ? [.. busiest.Select(count => count / window)] : throw table.Fault("there is no request");
    }
}
