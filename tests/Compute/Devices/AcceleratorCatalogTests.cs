using Hearth.Compute.Accelerators;
using Hearth.Compute.Devices;

namespace Hearth.Compute.Tests.Devices;

public sealed class AcceleratorCatalogTests
{
    [Fact]
    public void List_AnyMachine_NamesEveryTypeAndTheHost()
    {
        var all = AcceleratorCatalog.List();

        Assert.Equal(Enum.GetValues<AcceleratorType>().Order(), all.Select(device => device.Type).Distinct().Order());
        Assert.All(all, device => Assert.True(device.Name is not null || device.Missing is not null));
        var host = Assert.Single(all, device => device.Type == AcceleratorType.CPU);
        Assert.Null(host.Missing);
        Assert.True(host.MemoryBytes > 0);
    }

    [Fact]
    public void Open_Cpu_OpensTheHost()
    {
        using var accelerator = AcceleratorCatalog.Open(AcceleratorChoice.Cpu);

        Assert.Equal(AcceleratorType.CPU, accelerator.AcceleratorType);
    }

    [Fact]
    public void Open_Auto_OpensSomethingThatComputes()
    {
        using var accelerator = AcceleratorCatalog.Open(AcceleratorChoice.Auto);
        using var buffer = accelerator.Allocate<float>(1);
        accelerator.Warm();
        accelerator.DefaultStream.CopyFromCPU<float>([2], buffer.View);

        accelerator.DefaultStream.Scale(3, buffer.View);

        var result = new float[1];
        accelerator.DefaultStream.CopyToCPU(buffer.View, result.AsSpan());
        Assert.Equal([6f], result);
    }

    [Theory]
    [InlineData(AcceleratorChoice.Cuda, AcceleratorType.Cuda)]
    [InlineData(AcceleratorChoice.OpenCl, AcceleratorType.OpenCL)]
    public void Open_TypeThatIsAbsent_SaysWhatBringsIt(AcceleratorChoice choice, AcceleratorType type)
    {
        var first = AcceleratorCatalog.List().First(device => device.Type == type);
        if (first.Missing is null)
        {
            using var accelerator = AcceleratorCatalog.Open(choice);
            Assert.Equal(type, accelerator.AcceleratorType);
            return;
        }

        var refusal = Assert.ThrowsAny<Exception>(() => AcceleratorCatalog.Open(choice).Dispose());

        Assert.Contains(first.Missing, refusal.Message, StringComparison.Ordinal);
    }
}
