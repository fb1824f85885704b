using Hearth.Cli.Simulation;
using Hearth.Testing;

namespace Hearth.Cli.Tests.Simulation;

public sealed class TraceReaderTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("hearth-trace-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void Read_MappedColumns_AreRequestsInOrderFromZero()
    {
        var trace = Read(
            "at,who,what,ms\n2026-01-01 00:00:10,a,\"x,\"\"y\",500\n2026-01-01 00:00:05,b,z,1500\n",
            format: new() { Time = "at", Function = ["who", "what"], Duration = "ms", DurationScale = 0.001 });

        Assert.Equal(["a|x,\"y", "b|z"], trace.Functions);
        Assert.Equal([new TraceRequest(0, 1, 1.5), new TraceRequest(5, 0, 0.5)], trace.Requests);
    }

    [Fact]
    public void Read_StartAndEnd_GiveTheDuration()
    {
        var trace = Read("time,began,ended\n0,10,25\n5,,9\n7,8,\n", format: new() { Start = "began", End = "ended" });

        Assert.Equal([15, 4, 0], trace.Requests.Select(r => r.Duration));
        Assert.Equal(["all"], trace.Functions);
    }

    [Fact]
    public void Read_AzureMinutes_SpreadsEachMinute()
    {
        var minutes = string.Join(',', Enumerable.Range(1, 1440));
        var counts = string.Join(',', Enumerable.Range(1, 1440).Select(m => m == 2 ? 2 : m == 1440 ? 1 : 0));

        var trace = Read($"HashOwner,HashApp,HashFunction,Trigger,{minutes}\no,a,f,http,{counts}\n", TraceReader.MinuteFormat);

        Assert.Equal([0, 30, 86_370 - 75], trace.Requests.Select(r => r.Arrival));
        Assert.Equal(["o/a/f"], trace.Functions);
    }

    [Fact]
    public void Read_HuaweiRequests_KnowsTheColumns()
    {
        var trace = Read("day,time_worker,requestID,funcName,totalCost_worker\n30,1.5,r,f,0.25\n30,2.5,s,g,0.5\n", "huawei-requests", TraceFormat.Known["huawei-requests"]);

        Assert.Equal([new TraceRequest(0, 0, 0.25), new TraceRequest(1, 1, 0.5)], trace.Requests);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("time\n", "holds no request")]
    [InlineData("when\n1\n", "no column \"time\"")]
    [InlineData("when\n1\n", "It has: when")]
    [InlineData("time\n1\nyesterday\n", "line 3: column \"time\" holds \"yesterday\"")]
    [InlineData("time\n1e300\n", "line 2: column \"time\" holds \"1e300\"")]
    [InlineData("x,time\n1\n", "line 2: column \"time\" is missing")]
    [InlineData("time,x\n1,\"y\n", "line 2: a quoted cell does not end")]
    public void Read_WrongInput_SaysWhereAndWhat(string text, string part) =>
        Assert.Contains(part, Assert.Throws<CommandException>(() => Read(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("time,d\n1,-2\n", "line 2: column \"d\" holds \"-2\"")]
    [InlineData("time,d\n1,NaN\n", "a number from 0 to")]
    [InlineData("time,d\n1,1e300\n", "a number from 0 to")]
    public void Read_WrongDuration_SaysWhereAndWhat(string text, string part) =>
        Assert.Contains(part, Assert.Throws<CommandException>(() => Read(text, format: new() { Duration = "d" })).Message, StringComparison.Ordinal);

    [Fact]
    public void Read_EndBeforeStart_SaysWhere() => Assert.Contains(
        "line 2", Assert.Throws<CommandException>(() => Read("time,e\n5,4\n", format: new() { End = "e" })).Message, StringComparison.Ordinal);

    [Fact]
    public void Read_NoFile_SaysSo()
    {
        var path = Path.Combine(_directory.FullName, "absent.csv");

        Assert.Contains($"\"{path}\" cannot be read", Assert.Throws<CommandException>(() => TraceReader.Read(path, "csv", new())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_QuantilesWithoutARegion_SaysWhichIsMissing() => Assert.Contains(
        "\"R1\" of panel \"fig3b\"",
        Assert.Throws<CommandException>(() => Read("panel,series,p5,p95\nfig3a x,R1,1,100\n", TraceReader.QuantileFormat)).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Read_Quantiles_DrawsTheSameTraceEachTime()
    {
        const string Text = "panel,series,p5,p50,p95\nfig3a x,R1,1,20,>1e+03\nfig3b y,R1,0.01,0.1,1\n";

        var (first, second) = (Read(Text, TraceReader.QuantileFormat), Read(Text, TraceReader.QuantileFormat));

        Assert.Equal(first.Requests, second.Requests);
        Assert.Equal(40, first.Functions.Count);
    }

    [SharedDataFact]
    public void Read_GivenTraces_AreRead()
    {
        (string File, string Format, int Requests)[] given =
        [
            ("azure-llm-2023-conv", "azure-llm", 19_366), ("alibaba-genai-lora-requests-first-part", "alibaba-genai", 13_217),
            ("alibaba-gpu-2023-pods", "alibaba-gpu", 8152),
        ];
        Assert.All(given, g => Assert.Equal(g.Requests, TraceReader.Read(SharedData.PathOf($"traces/{g.File}.csv"), g.Format, TraceFormat.Known[g.Format]).Requests.Count));
    }

    private Trace Read(string text, string name = "csv", TraceFormat? format = null)
    {
        var path = Path.Combine(_directory.FullName, "trace.csv");
        File.WriteAllText(path, text);
        return TraceReader.Read(path, name, format ?? new());
    }
}
