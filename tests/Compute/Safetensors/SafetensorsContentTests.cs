using Hearth.Compute.Safetensors;
using static Hearth.Compute.Tests.Safetensors.SafetensorsBytes;

namespace Hearth.Compute.Tests.Safetensors;

public sealed class SafetensorsContentTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Open_File_ShowsItsTensors()
    {
        Write(1, 2, 3);

        using var content = SafetensorsContent.Open(_path);
        using var tensor = content.GetTensor("t");

        Assert.Equal([1, 2, 3], tensor.Buffer.AsSpan().ToArray());
    }

    [Fact]
    public void GetTensor_Written_LeavesTheFileAlone()
    {
        Write(1, 2, 3);

        using (var content = SafetensorsContent.Open(_path))
        using (var tensor = content.GetTensor("t"))
            tensor.Buffer.AsSpan().Fill(9);

        Assert.Equal([1, 2, 3], File.ReadAllBytes(_path)[^3..]);
    }

    [Fact]
    public void Dispose_TensorInUse_KeepsTheMemory()
    {
        Write(1, 2, 3);
        var content = SafetensorsContent.Open(_path);
        using var tensor = content.GetTensor("t");

        content.Dispose();

        Assert.Equal([1, 2, 3], tensor.Buffer.AsSpan().ToArray());
        Assert.Throws<ObjectDisposedException>(() => content.GetTensor("t"));
    }

    [Fact]
    public void Dispose_ContentAndTensors_GivesTheMemoryBackOnce()
    {
        var owner = new CountingOwner();
        var bytes = Of($"{{{Tensor("t", "U8", "[3]", 0, 3)}}}", 3);
        using var memory = HostBuffer.CopyOf(bytes);
        var content = new SafetensorsContent(HostBuffer.Wrap(memory.Address, memory.Length, owner));
        var tensor = content.GetTensor("t");

        content.Dispose();
        content.Dispose();
        Assert.Equal(0, owner.Disposals);
        tensor.Dispose();
        tensor.Dispose();

        Assert.Equal(1, owner.Disposals);
    }

    [Fact]
    public void Construct_MalformedHeader_GivesTheMemoryBack()
    {
        var owner = new CountingOwner();
        using var memory = HostBuffer.Allocate(3);

        Assert.Throws<SafetensorsFormatException>(() => new SafetensorsContent(HostBuffer.Wrap(memory.Address, 3, owner)));

        Assert.Equal(1, owner.Disposals);
    }

    [Fact]
    public void Open_EmptyFile_IsRefused()
    {
        var refusal = Assert.Throws<SafetensorsFormatException>(() => SafetensorsContent.Open(_path));

        Assert.Equal(SafetensorsFaultKind.Truncated, refusal.Faults[0].Kind);
    }

    [Fact]
    public void Read_EmptyMemory_IsRefused() => Assert.Throws<SafetensorsFormatException>(() => SafetensorsContent.Read(default));

    [Fact]
    public void Read_Memory_IsNotCopied()
    {
        var bytes = Of($"{{{Tensor("t", "U8", "[3]", 0, 3)}}}", 3);
        using var content = SafetensorsContent.Read(bytes);
        using var tensor = content.GetTensor("t");

        bytes[^1] = 77;

        Assert.Equal(77, tensor.Buffer.AsSpan()[2]);
    }

    [Fact]
    public void GetTensor_UnknownName_SaysSo()
    {
        using var content = SafetensorsContent.Read(Of("{}", 0));

        Assert.Contains("\"weights\"", Assert.Throws<KeyNotFoundException>(() => content.GetTensor("weights")).Message, StringComparison.Ordinal);
    }

    private void Write(params byte[] data)
    {
        var bytes = Of($"{{{Tensor("t", "U8", $"[{data.Length}]", 0, data.Length)}}}", data.Length);
        data.CopyTo(bytes, bytes.Length - data.Length);
        File.WriteAllBytes(_path, bytes);
    }

    private sealed class CountingOwner : IDisposable
    {
        public int Disposals { get; private set; }

        public void Dispose() => Disposals++;
    }
}
