using System.Net;
using Hearth.Api.Workers;
using Hearth.Compute.Devices;

namespace Hearth.Worker.Tests;

public sealed class WorkerOptionsTests
{
    [Fact]
    public void FromEnvironment_AllSet_ReadsAll()
    {
        var options = Read(new()
        {
            [WorkerEnvironment.PodIP] = "127.0.0.7",
            [WorkerEnvironment.DataPort] = "1080",
            [WorkerEnvironment.ControlPort] = "1081",
            [WorkerEnvironment.Token] = "secret",
            [WorkerEnvironment.CacheDirectory] = "/cache",
            [WorkerEnvironment.CacheBytes] = "12345678901",
            [WorkerEnvironment.ResidentBytes] = "123456789",
            [WorkerEnvironment.NodeShare] = "/share",
            [WorkerEnvironment.NodeShareBytes] = "23456789012",
            [WorkerEnvironment.FoldLate] = "true",
            [WorkerEnvironment.Accelerator] = "opencl",
        });

        Assert.Equal(IPAddress.Parse("127.0.0.7"), options.Address);
        Assert.Equal((1080, 1081, "secret"), (options.DataPort, options.ControlPort, options.Token));
        Assert.Equal(("/cache", 12345678901, 123456789), (options.CacheDirectory, options.CacheBytes, options.ResidentBytes));
        Assert.Equal(("/share", 23456789012, true), (options.NodeShare, options.NodeShareBytes, options.FoldsLate));
        Assert.Equal(AcceleratorChoice.OpenCl, options.Accelerator);
    }

    [Fact]
    public void FromEnvironment_OnlyTheToken_HasDefaults()
    {
        var options = Read(new() { [WorkerEnvironment.Token] = "secret", [WorkerEnvironment.DataPort] = "" });

        Assert.Equal(new WorkerOptions { Token = "secret" }, options);
        Assert.Empty(options.Validate());
    }

    [Fact]
    public void FromEnvironment_ManyFaults_NamesEach()
    {
        var error = Assert.Throws<ArgumentException>(() => Read(new()
        {
            [WorkerEnvironment.PodIP] = "here",
            [WorkerEnvironment.DataPort] = "65536",
            [WorkerEnvironment.CacheBytes] = "-1",
            [WorkerEnvironment.ResidentBytes] = "-2",
            [WorkerEnvironment.NodeShareBytes] = "0",
            [WorkerEnvironment.FoldLate] = "late",
            [WorkerEnvironment.Accelerator] = "7",
        }));

        Assert.Contains("HEARTH_POD_IP is 'here', expected an IP address.", error.Message, StringComparison.Ordinal);
        Assert.Contains("HEARTH_DATA_PORT is '65536', expected a port.", error.Message, StringComparison.Ordinal);
        Assert.Contains("HEARTH_ACCELERATOR is '7', expected one of Auto, Cpu, OpenCl, Cuda.", error.Message, StringComparison.Ordinal);
        Assert.Contains("HEARTH_CACHE_BYTES is -1", error.Message, StringComparison.Ordinal);
        Assert.Contains("HEARTH_RESIDENT_BYTES is -2", error.Message, StringComparison.Ordinal);
        Assert.Contains("HEARTH_NODE_SHARE_BYTES is 0", error.Message, StringComparison.Ordinal);
        Assert.Contains("HEARTH_FOLD_LATE is 'late', expected true or false.", error.Message, StringComparison.Ordinal);
        Assert.Contains("HEARTH_TOKEN is not set", error.Message, StringComparison.Ordinal);
    }

    private static WorkerOptions Read(Dictionary<string, string> variables) => WorkerOptions.FromEnvironment(variables.GetValueOrDefault);
}
