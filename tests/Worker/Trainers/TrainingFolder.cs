using System.Buffers.Binary;
using System.Globalization;
using Hearth.Api.TrainingJobs;
using Hearth.Api.Workers;
using Hearth.Testing;

namespace Hearth.Worker.Tests.Trainers;

/// <summary>Data, checkpoints and models of a test, and assignments that use them.</summary>
internal sealed class TrainingFolder : IDisposable
{
    // 127/8 is this machine; each folder's ranks have addresses of their own there, so that all may listen on one port.
    private static int _networks = Environment.ProcessId;

    private readonly int _network = Interlocked.Increment(ref _networks);

    public TrainingFolder()
    {
        WriteIdx("train", 200, seed: 1);
        WriteIdx("test", 100, seed: 2);
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("hearth-trainer-").FullName;

    public string Checkpoints => Path.Combine(Root, "checkpoints");

    public string Model => Path.Combine(Root, "model");

    public void Dispose() => Directory.Delete(Root, recursive: true);

    public string UriOf(string name) => $"file://{Path.Combine(Root, name)}";

    /// <summary>The assignment of one rank of a job that learns digits.</summary>
    public Assignment Describe(int rank, int world, Action<BuiltinProgram>? change = null, bool checkpoints = false, int attempt = 1)
    {
        var program = new BuiltinProgram
        {
            Architecture = new() { Hidden = [16], Scale = 1 / 255.0 },
            Dataset = new()
            {
                Train = new() { Images = UriOf("train-images"), Labels = UriOf("train-labels") },
                Test = new() { Images = UriOf("test-images"), Labels = UriOf("test-labels") },
            },
            Optimizer = new() { LearningRate = 0.01 },
            BatchSize = 30,
            Epochs = 3,
        };
        change?.Invoke(program);
        return new()
        {
            Id = $"a{attempt}",
            Role = WorkerRole.Trainer,
            Uid = "job-uid",
            Namespace = "default",
            Name = "tj",
            Training = new()
            {
                Spec = new()
                {
                    Program = new() { Builtin = program },
                    Workers = new() { Count = world },
                    Checkpoint = checkpoints ? new() { Uri = $"file://{Checkpoints}", EverySteps = 5 } : null,
                    Output = new() { Uri = $"file://{Model}" },
                },
                Rank = rank,
                Peers = [.. Enumerable.Range(0, world).Select(other => string.Create(CultureInfo.InvariantCulture, $"127.{100 + (_network / 250 % 100)}.{_network % 250}.{other + 1}:29500"))],
                Attempt = attempt,
                Token = "token",
            },
        };
    }

    private void WriteIdx(string name, int count, int seed)
    {
        var (pixels, labels) = Digits.Draw(count, seed);
        File.WriteAllBytes(Path.Combine(Root, $"{name}-images"), [.. Header(count, Digits.Size, Digits.Size), .. pixels.Select(pixel => (byte)pixel)]);
        File.WriteAllBytes(Path.Combine(Root, $"{name}-labels"), [.. Header(count), .. labels.Select(label => (byte)label)]);
        File.WriteAllLines(
            Path.Combine(Root, $"{name}.csv"),
            labels.Select((label, i) => string.Join(';', pixels.Skip(i * Digits.Size * Digits.Size).Take(Digits.Size * Digits.Size).Append(label).Select(value => value.ToString(CultureInfo.InvariantCulture)))));
    }

    private static byte[] Header(params int[] dimensions)
    {
        var header = new byte[4 + (4 * dimensions.Length)];
        (header[2], header[3]) = (8, (byte)dimensions.Length);
        for (var i = 0; i < dimensions.Length; i++)
            BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4 + (4 * i)), dimensions[i]);
        return header;
    }
}
