using System.Globalization;
using Hearth.Cli.Simulation;

namespace Hearth.Cli.Gpus;

/// <summary>What was measured: which GPU type serves how many requests of which size within the latency target.</summary>
/// <param name="Types">Names of the GPU types, in the order of the file.</param>
/// <param name="Prices">Price of each, in any one unit.</param>
/// <param name="Sizes">Largest size of each class of requests, ascending.</param>
/// <param name="Throughput"><c>[class, type]</c>: requests per second; 0 where the type cannot meet the target.</param>
internal sealed record GpuMeasurements(IReadOnlyList<string> Types, IReadOnlyList<double> Prices, IReadOnlyList<double> Sizes, double[,] Throughput)
{
    private const int MaxRows = 10_000;

    /// <summary>Reads rows of <c>gpu,price,size,rate</c>.</summary>
    /// <exception cref="CommandException">The file cannot be read, or holds something else; says where.</exception>
    public static GpuMeasurements Read(string path)
    {
        try
        {
            using var reader = new StreamReader(path);
            return Read(new CsvTable(path, reader, "Columns gpu, price, size and rate are expected; a row says how many requests a second, up to which size, one GPU serves within the target."));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"the measurements \"{path}\" cannot be read: {e.Message}");
        }
    }

    private static GpuMeasurements Read(CsvTable table)
    {
        var (gpu, price, size, rate) = (table.Index("gpu"), table.Index("price"), table.Index("size"), table.Index("rate"));
        var prices = new Dictionary<string, double>();
        var types = new List<string>();
        var rates = new Dictionary<(string Type, double Size), double>();
        while (table.MoveNext())
        {
            var type = table.Text(gpu);
            if (!prices.TryGetValue(type, out var known))
            {
                types.Add(type);
                known = prices[type] = table.Number(price, 0);
            }
            if (known <= 0)
                throw table.Fault($"GPU \"{type}\" has no price: a number above 0 is expected");
            if (known != table.Number(price, known))
                throw table.Fault(string.Create(CultureInfo.InvariantCulture, $"GPU \"{type}\" has the price {table.Text(price)} here and {known} above: one is expected"));
            if (!rates.TryAdd((type, table.Number(size, 0)), table.Number(rate, 0)))
                throw table.Fault($"GPU \"{type}\" has size {table.Text(size)} twice: one row for each is expected");
            if (rates.Count > MaxRows)
                throw table.Fault($"at most {MaxRows} rows are expected");
        }
        if (types.Count == 0)
            throw table.Fault("there is no row: one for each GPU type and size is expected");
        double[] sizes = [.. rates.Keys.Select(key => key.Size).Distinct().Order()];
        var throughput = new double[sizes.Length, types.Count];
        foreach (var ((type, upTo), perSecond) in rates)
            throughput[Array.IndexOf(sizes, upTo), types.IndexOf(type)] = perSecond;
        return new(types, [.. types.Select(type => prices[type])], sizes, throughput);
    }
}
