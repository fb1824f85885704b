using System.Text;
using Hearth.Compute.Safetensors;
using static Hearth.Compute.Tests.Safetensors.SafetensorsBytes;

namespace Hearth.Compute.Tests.Safetensors;

public sealed class SafetensorsFuzzTests
{
    private static readonly string[] Fragments =
        ["{", "}", "[", "]", ",", ":", "\"", "-", "0", "9", "9223372036854775807", "1e9", "null", "\\u0000", "\\ud800", "\"F32\"", "[0,4]", "\u00e9", "\0", " "];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Read_MutatedContent_IsConsistentOrRefused(int seed)
    {
        var random = new Random(seed);
        var accepted = 0;
        for (var i = 0; i < 2_000; i++)
        {
            if (TryRead(Mutate(Valid(random), random)))
                accepted++;
        }
        // Mutations in names, metadata and data leave content valid: a reader that refuses everything would pass otherwise.
        Assert.InRange(accepted, 100, 1_900);
    }

    [Theory]
    [InlineData(5)]
    public void Read_ArbitraryBytes_IsRefused(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 2_000; i++)
        {
            var bytes = new byte[random.Next(64)];
            random.NextBytes(bytes);
            Assert.False(TryRead(bytes));
        }
    }

    private static byte[] Valid(Random random)
    {
        var tensors = new List<string>();
        var offset = 0;
        for (var i = random.Next(4); i >= 0; i--)
        {
            var (rows, columns) = (random.Next(4), random.Next(4));
            tensors.Add(Tensor($"layer{i}", "F32", $"[{rows},{columns}]", offset, offset + (4 * rows * columns)));
            offset += 4 * rows * columns;
        }
        return Of($$"""{"__metadata__":{"format":"hearth"},{{string.Join(',', tensors)}}}""", offset);
    }

    private static byte[] Mutate(byte[] content, Random random)
    {
        var bytes = content.ToList();
        for (var i = random.Next(3); i >= 0; i--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 2: bytes.RemoveRange(at, Math.Min(random.Next(9), bytes.Count - at - 1)); break;
                case 3: bytes.InsertRange(at, Encoding.UTF8.GetBytes(Fragments[random.Next(Fragments.Length)])); break;
                default: bytes[random.Next(8)] = (byte)random.Next(256); break;
            }
            FixLength(bytes, content, random);
        }
        return [.. bytes];
    }

    /// <summary>Mostly keeps the header's length right, so that mutations reach behind its check.</summary>
    private static void FixLength(List<byte> bytes, byte[] original, Random random)
    {
        if (random.Next(4) == 0 || bytes.Count < 8)
            return;
        var headerLength = BitConverter.ToInt64(original) + bytes.Count - original.Length;
        for (var i = 0; i < 8; i++)
            bytes[i] = (byte)(headerLength >> (8 * i));
    }

    /// <summary>Reads every byte of every tensor of content that is accepted.</summary>
    private static bool TryRead(byte[] bytes)
    {
        try
        {
            using var content = SafetensorsContent.Read(bytes);
            long covered = 0;
            foreach (var entry in content.Header.Tensors)
            {
                using var tensor = content.GetTensor(entry.Name);
                Assert.Equal(covered, entry.Offset);
                Assert.Equal(bytes.AsSpan((int)(content.Header.DataOffset + entry.Offset), (int)entry.Length), tensor.Buffer.AsSpan());
                covered += entry.Length;
            }
            Assert.Equal(bytes.Length, content.Header.DataOffset + covered);
            return true;
        }
        catch (SafetensorsFormatException e)
        {
            Assert.NotEmpty(e.Faults);
            return false;
        }
    }
}
