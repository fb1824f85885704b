using Hearth.Cli.Gpus;

namespace Hearth.Cli.Tests.Gpus;

public sealed class GpuPlanTests : IDisposable
{
    private const string Measured = "gpu,price,size,rate\nsmall,1,100,10\nsmall,1,1000,0.5\nlarge,4,100,15\nlarge,4,1000,4\n";
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("hearth-gpus-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void Make_SmallAndLargeRequests_MixesTypes()
    {
        // In one minute 1200 small and 480 large ones: 20/s and 8/s.
        var trace = Trace(Enumerable.Range(0, 1680).Select(i => (Time: i / 28.0, In: i < 1200 ? 40 : 900, Out: 60)));

        var plan = Plan(Measured, trace);

        Assert.Equal([2, 2], plan.Mix);
        Assert.Equal([18, 4], plan.Alone);
        Assert.Equal(10, plan.Price);
        Assert.Contains("small                1.00      2      18            18.00", plan.ToTable(), StringComparison.Ordinal);
        Assert.StartsWith("""{"price":10,"gpus":[{"gpu":"small","count":2,"alone":18},""", plan.ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public void Make_TypeThatMissesTheTarget_IsNoneAlone()
    {
        var plan = Plan("gpu,price,size,rate\nsmall,1,100,10\nlarge,4,100,15\nlarge,4,1000,4\n", Trace([(0, 900, 1), (1, 1, 1)]));

        Assert.Equal([null, 1], plan.Alone);
        Assert.Contains("misses the target", plan.ToTable(), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_Demand_IsEachSizesBusiestWindow() =>
        // Minute 0 has the small ones, minute 2 the large ones, whatever the trace begins with.
        Assert.Equal([2 / 60.0, 3 / 60.0], GpuDemand.Read(Trace([(3, 1, 0), (59, 99, 1), (61, 1, 0), (120, 101, 0), (130, 500, 500), (179, 900, 0), (180, 900, 0)]), "t", ["in", "out"], [100, 1000], 60));

    [Theory]
    [InlineData("gpu,price,size\nsmall,1,100\n", "has no column \"rate\". It has: gpu, price, size. Columns gpu, price, size and rate are expected")]
    [InlineData("gpu,price,size,rate\n", "there is no row")]
    [InlineData("gpu,price,size,rate\nsmall,0,100,1\n", "line 2: GPU \"small\" has no price")]
    [InlineData("gpu,price,size,rate\nsmall,1,100,1\nsmall,2,200,1\n", "line 3: GPU \"small\" has the price 2 here and 1 above")]
    [InlineData("gpu,price,size,rate\nsmall,1,100,1\nsmall,1,100,1\n", "line 3: GPU \"small\" has size 100 twice")]
    [InlineData("gpu,price,size,rate\nsmall,1,100,fast\n", "line 2: column \"rate\" holds \"fast\"")]
    [InlineData("gpu,price,size,rate\nsmall,1,10,5\n", "line 2: the request's size is 50, and nothing above 10 was measured")]
    [InlineData("gpu,price,size,rate\nsmall,1,100,0\n", "no GPU type serves requests of size up to 100 within the target")]
    public void Read_Faults_AreNamedWithTheirPlace(string measured, string expected) =>
        Assert.Contains(expected, Assert.Throws<CommandException>(() => Plan(measured, Trace([(0, 20, 30)]))).Message, StringComparison.Ordinal);

    [Fact]
    public void Read_TraceWithoutTheColumn_SaysHowToNameIt() => Assert.Contains(
        "has no column \"tokens\". It has: t, in, out. Name the right ones with --time and --size.",
        Assert.Throws<CommandException>(() => GpuDemand.Read(Trace([(0, 1, 1)]), "t", ["tokens"], [10], 60)).Message,
        StringComparison.Ordinal);

    private GpuPlan Plan(string measured, string trace)
    {
        var gpus = GpuMeasurements.Read(Write("measured.csv", measured));
        return GpuPlan.Make(gpus, GpuDemand.Read(trace, "t", ["in", "out"], gpus.Sizes, 60), 60);
    }

    private string Trace(IEnumerable<(double Time, int In, int Out)> requests) =>
        Write("trace.csv", "t,in,out\n" + string.Concat(requests.Select(r => FormattableString.Invariant($"{r.Time},{r.In},{r.Out}\n"))));

    private string Write(string name, string text)
    {
        var path = Path.Combine(_directory.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }
}
