using Hearth.Api.Workers;
using Hearth.Compute.Accelerators;
using Hearth.Compute.Devices;
using Hearth.Testing;
using Hearth.Worker.Assignments;
using Hearth.Worker.Devices;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hearth.Worker.Tests.Devices;

public sealed class AcceleratorHostTests
{
    [Fact]
    public void Get_Host_OpensItOnceForAll()
    {
        using var host = Make(AcceleratorChoice.Cpu);

        Assert.Same(host.Get(), host.Get());
        Assert.Equal(AcceleratorType.CPU, host.Get().AcceleratorType);
    }

    [Fact]
    public void FindLeak_BufferLeftBehind_TellsItsBytes()
    {
        using var host = Make(AcceleratorChoice.Cpu);
        Assert.Null(host.FindLeak());
        var buffer = host.Get().Allocate<byte>(7);

        Assert.Equal("7 bytes of buffers", host.FindLeak());
        buffer.Dispose();
        Assert.Null(host.FindLeak());
    }

    [Theory]
    [InlineData(AcceleratorChoice.Auto)]
    [InlineData(AcceleratorChoice.Cuda)]
    [InlineData(AcceleratorChoice.OpenCl)]
    public async Task Opened_AnyMachine_CompletesWithoutFault(AcceleratorChoice choice)
    {
        using var host = Make(choice);

        await host.Opened.WaitAsync(TimeSpan.FromMinutes(2));
    }

    [Fact]
    public void Get_DeviceThatIsAbsent_FailsTheAssignmentWithTheReason()
    {
        using var host = Make(AcceleratorChoice.Cuda);
        if (AcceleratorCatalog.HasCuda)
        {
            Assert.Equal(AcceleratorType.Cuda, host.Get().AcceleratorType);
            return;
        }

        var refusal = Assert.Throws<AssignmentException>(host.Get);

        Assert.Equal(AssignmentFailureReason.RuntimeUnavailable, refusal.Failure.Reason);
        Assert.Contains(AcceleratorCatalog.List()[0].Missing!, refusal.Message, StringComparison.Ordinal);
    }

    private static AcceleratorHost Make(AcceleratorChoice choice) => new(choice, new ManualTimeProvider(), NullLogger<AcceleratorHost>.Instance);
}
