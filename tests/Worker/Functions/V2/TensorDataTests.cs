using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Hearth.Compute;
using Hearth.Worker.Functions;
using Hearth.Worker.Functions.V2;
using Hearth.Worker.Models;
using Microsoft.AspNetCore.Http;

namespace Hearth.Worker.Tests.Functions.V2;

/// <summary>What is written in JSON or binary is read back, bit for bit, however the body is cut into pieces.</summary>
public sealed class TensorDataTests
{
    private const int Rounds = 40;

    // The protocol has no 8-bit floats.
    public static TheoryData<DataType> Types => [.. Enum.GetValues<DataType>().Where(type => type is not (DataType.F8E4M3 or DataType.F8E5M2))];

    [Theory]
    [MemberData(nameof(Types))]
    public async Task Read_WhatWasWrittenInJson_IsTheSame(DataType type)
    {
        var random = new Random((int)type);
        for (var round = 0; round < Rounds; round++)
        {
            using var tensor = Any(type, random);
            var json = ToJson(tensor);

            using var request = await ReadAsync(tensor, json, [], random.Next(1, 40));

            AssertSame(tensor, Assert.Single(request.Inputs));
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public async Task Read_WhatWasSentInBinary_IsTheSame(DataType type)
    {
        var random = new Random((int)type);
        for (var round = 0; round < Rounds; round++)
        {
            using var tensor = Any(type, random);
            var input = $"\"name\":\"x\",\"shape\":{tensor.Shape},\"datatype\":\"{V2DataType.NameOf(type)}\"";
            var json = $"{{\"inputs\":[{{{input},\"parameters\":{{\"binary_data_size\":{tensor.Buffer.Length}}}}}]}}";

            using var request = await ReadAsync(tensor, json, tensor.Buffer.AsSpan().ToArray(), random.Next(1, 40));

            AssertSame(tensor, Assert.Single(request.Inputs));
        }
    }

    [Fact]
    public async Task Read_DataBeforeItsType_IsTheSame()
    {
        var random = new Random(1);
        for (var round = 0; round < Rounds; round++)
        {
            using var tensor = Any(DataType.Bytes, random);
            var json = ToJson(tensor, dataFirst: true);

            using var request = await ReadAsync(tensor, json, [], random.Next(1, 40));

            AssertSame(tensor, Assert.Single(request.Inputs));
        }
    }

    [Fact]
    public async Task Read_AnyPrefixOfARequest_IsRefusedAsMalformed()
    {
        using var tensor = Any(DataType.F32, new Random(2));
        var json = ToJson(tensor);
        for (var length = 0; length < json.Length; length++)
        {
            var error = await Assert.ThrowsAsync<V2Exception>(() => ReadAsync(tensor, json[..length], [], 7));
            Assert.Equal(400, error.Status);
        }
    }

    [Fact]
    public async Task Read_RandomDamage_IsRefusedOrReadButNeverAnotherFailure()
    {
        var random = new Random(3);
        using var tensor = Any(DataType.I32, random);
        var json = ToJson(tensor);
        var refused = 0;
        for (var round = 0; round < 2000; round++)
        {
            var damaged = new StringBuilder(json);
            damaged[random.Next(damaged.Length)] = "{}[]\",:0-9eExn \\"[random.Next(16)];
            try
            {
                (await ReadAsync(tensor, damaged.ToString(), [], 16)).Dispose();
            }
            catch (V2Exception)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 500, 2000);
    }

    private static string ToJson(HostTensor tensor, bool dataFirst = false)
    {
        var data = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(data))
        {
            writer.WriteStartArray();
            Assert.False(new TensorDataWriter(tensor).Write(writer, int.MaxValue));
            writer.WriteEndArray();
        }
        var text = $"\"data\":{Encoding.UTF8.GetString(data.WrittenSpan)}";
        var head = $"\"name\":\"x\",\"shape\":{tensor.Shape},\"datatype\":\"{V2DataType.NameOf(tensor.Type)}\"";
        return $"{{\"inputs\":[{{{(dataFirst ? $"{text},{head}" : $"{head},{text}")}}}]}}";
    }

    private static Task<InferRequest> ReadAsync(HostTensor like, string json, byte[] binary, int piece)
    {
        var head = Encoding.UTF8.GetBytes(json);
        var context = new DefaultHttpContext();
        context.Request.Body = new PiecewiseStream([.. head, .. binary], piece);
        context.Request.ContentLength = head.Length + binary.Length;
        if (binary.Length > 0)
            context.Request.Headers[InferRequestReader.JsonLengthHeader] = head.Length.ToString(null, null);
        var anyDimensions = like.Shape.Dimensions.Select(_ => -1L);
        var input = new TensorMetadata("x", like.Type, [.. anyDimensions], [.. anyDimensions.Select(_ => "")]);
        return InferRequestReader.ReadAsync(context.Request, new ModelSignature([input], [input with { Name = "y" }]), 1 << 20, CancellationToken.None);
    }

    private static HostTensor Any(DataType type, Random random)
    {
        var shape = TensorShape.Of([.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => (long)random.Next(1, 5))]);
        if (type == DataType.Bytes)
        {
            var elements = Enumerable.Range(0, (int)shape.ElementCount).Select(_ => AnyText(random)).SelectMany(text => (byte[])[.. BitConverter.GetBytes(text.Length), .. text]);
            return new HostTensor(type, shape, HostBuffer.CopyOf([.. elements]));
        }
        var tensor = HostTensor.Allocate(type, shape);
        random.NextBytes(tensor.Buffer.AsSpan());
        if (type == DataType.Bool)
        {
            foreach (ref var value in tensor.Buffer.AsSpan())
                value &= 1;
        }
        return tensor;
    }

    private static byte[] AnyText(Random random) =>
        Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, random.Next(20)).Select(_ => new Rune("aé\"\\\n\0\u2028x"[random.Next(8)]))));

    private static void AssertSame(HostTensor expected, HostTensor actual)
    {
        Assert.Equal((expected.Type, expected.Shape), (actual.Type, actual.Shape));
        Assert.Equal(Normalised(expected), Normalised(actual));
    }

    /// <summary>The bytes, with one NaN for all: JSON has no payloads.</summary>
    private static byte[] Normalised(HostTensor tensor)
    {
        var bytes = tensor.Buffer.AsSpan().ToArray();
        switch (tensor.Type)
        {
            case DataType.F16:
                Replace(MemoryMarshal.Cast<byte, Half>(bytes.AsSpan()), Half.IsNaN, Half.NaN);
                break;
            case DataType.BF16:
                Replace(MemoryMarshal.Cast<byte, ushort>(bytes.AsSpan()), bits => float.IsNaN(BFloat16.ToSingle(bits)), (ushort)0x7FC0);
                break;
            case DataType.F32:
                Replace(MemoryMarshal.Cast<byte, float>(bytes.AsSpan()), float.IsNaN, float.NaN);
                break;
            case DataType.F64:
                Replace(MemoryMarshal.Cast<byte, double>(bytes.AsSpan()), double.IsNaN, double.NaN);
                break;
        }
        return bytes;
    }

    private static void Replace<T>(Span<T> values, Func<T, bool> which, T by)
    {
        foreach (ref var value in values)
        {
            if (which(value))
                value = by;
        }
    }

    /// <summary>Gives a few bytes at a time, as a slow network does.</summary>
    private sealed class PiecewiseStream(byte[] content, int piece) : MemoryStream(content)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult(Read(buffer.Span[..Math.Min(piece, buffer.Length)]));
    }
}
