using System.Text.Json;
using System.Text.Json.Nodes;
using Hearth.Cli.Devices;
using Hearth.Compute.Accelerators;
using Hearth.Compute.Devices;
using Hearth.Testing;

namespace Hearth.Cli.Tests.Commands;

public sealed class DevicesCommandTests
{
    [Fact]
    public void Report_AbsentDevice_SaysWhyAndIsNotStarted()
    {
        var absent = new AcceleratorDescription(AcceleratorType.Cuda, null, 0, [], "no driver");

        var report = ToJson(DeviceReport.Of(absent, warm: true, new ManualTimeProvider()));

        Assert.Equal("Cuda", (string?)report["type"]);
        Assert.Null(report["name"]);
        Assert.Equal("no driver", (string?)report["missing"]);
        Assert.Null(report["start"]);
    }

    [Fact]
    public void Report_WarmHost_TellsItsStart()
    {
        var host = AcceleratorCatalog.List().Single(device => device.Type == AcceleratorType.CPU);

        var report = ToJson(DeviceReport.Of(host, warm: true, new ManualTimeProvider()));

        Assert.Equal(host.Name, (string?)report["name"]);
        Assert.Equal(host.MemoryBytes, (long)report["memoryBytes"]!);
        Assert.NotEmpty(report["capabilities"]!.AsArray());
        Assert.Equal(0, (double)report["start"]!["contextMs"]!);
    }

    private static JsonNode ToJson(DeviceReport report) => JsonSerializer.SerializeToNode([report], DeviceReportJson.Default.ListDeviceReport)![0]!;
}
