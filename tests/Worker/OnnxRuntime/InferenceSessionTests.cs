using System.Runtime.InteropServices;
using System.Text;
using Hearth.Compute;
using Hearth.Testing;
using Hearth.Worker.OnnxRuntime;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hearth.Worker.Tests.OnnxRuntime;

public sealed class InferenceSessionTests
{
    [OnnxRuntimeFact]
    public void Run_AnyElementType_AnswersTheSameBytes()
    {
        using var env = Open();
        foreach (var type in Enum.GetValues<DataType>().Where(type => type is not (DataType.Bytes or DataType.BF16 or DataType.F8E4M3 or DataType.F8E5M2)))
        {
            using var session = InferenceSession.Load(env, OnnxModel.Identity((int)type.ToOnnx(), 2, "n"), new SessionOptions());
            using var input = HostTensor.Allocate(type, TensorShape.Of(2, 3));
            for (var i = 0; i < input.Buffer.Length; i++)
                input.Buffer.AsSpan()[i] = (byte)(type == DataType.Bool ? i % 2 : i);

            using var output = Assert.Single(session.Run([input], [0], CancellationToken.None));

            Assert.Equal(type, output.Type);
            Assert.Equal(input.Shape, output.Shape);
            Assert.Equal(input.Buffer.AsSpan().ToArray(), output.Buffer.AsSpan().ToArray());
        }
        Assert.Equal(0, env.Live.Value);
    }

    [OnnxRuntimeFact]
    public void Run_Strings_KeepsEveryByte()
    {
        using var env = Open();
        using var session = InferenceSession.Load(env, OnnxModel.Identity(OnnxModel.String, "n"), new SessionOptions());
        byte[] encoded = [0, 0, 0, 0, 3, 0, 0, 0, (byte)'a', 0, (byte)'b', 2, 0, 0, 0, 0xFF, 0xFE];
        using var input = new HostTensor(DataType.Bytes, TensorShape.Of(3), HostBuffer.CopyOf(encoded));

        using var output = Assert.Single(session.Run([input], [0], CancellationToken.None));

        Assert.Equal(encoded, output.Buffer.AsSpan().ToArray());
    }

    [OnnxRuntimeFact]
    public void Run_EmptyTensor_AnswersAnEmptyTensor()
    {
        using var env = Open();
        using var session = InferenceSession.Load(env, OnnxModel.Identity(OnnxModel.Float, "n"), new SessionOptions());
        using var input = HostTensor.Allocate(DataType.F32, TensorShape.Of(0));

        using var output = Assert.Single(session.Run([input], [0], CancellationToken.None));

        Assert.Equal(TensorShape.Of(0), output.Shape);
        Assert.Equal(0, output.Buffer.Length);
    }

    [OnnxRuntimeFact]
    public void Run_TwoInputs_BindsEachToItsName()
    {
        using var env = Open();
        using var session = InferenceSession.Load(env, OnnxModel.Make(
            "Sub", [("a", OnnxModel.Float, [1]), ("b", OnnxModel.Float, [1])], [("y", OnnxModel.Float, [1])]), new SessionOptions());
        using var a = Floats(5);
        using var b = Floats(3);

        using var output = Assert.Single(session.Run([a, b], [0], CancellationToken.None));

        Assert.Equal(2, output.Buffer.AsSpan<float>()[0]);
    }

    [OnnxRuntimeFact]
    public void Run_ShapeTheModelRefuses_SaysWhatTheRuntimeSays()
    {
        using var env = Open();
        using var session = InferenceSession.Load(env, OnnxModel.Identity(OnnxModel.Float, 1), new SessionOptions());
        using var input = Floats(1, 2);

        var error = Assert.Throws<OnnxRuntimeException>(() => session.Run([input], [0], CancellationToken.None));

        Assert.Equal(OrtErrorCode.InvalidArgument, error.Code);
        Assert.Contains("dimension", error.Message, StringComparison.OrdinalIgnoreCase);
        session.Dispose();
        Assert.Equal(0, env.Live.Value);
    }

    [OnnxRuntimeFact]
    public void Run_CancelledBefore_IsCancelled()
    {
        using var env = Open();
        using var session = InferenceSession.Load(env, OnnxModel.Identity(OnnxModel.Float, 1), new SessionOptions());
        using var input = Floats(1);

        Assert.ThrowsAny<OperationCanceledException>(() => session.Run([input], [0], new CancellationToken(canceled: true)));
    }

    [OnnxRuntimeFact]
    public void Load_Model_TellsNamesTypesShapesAndMetadata()
    {
        using var env = Open();
        using var session = InferenceSession.Load(env, OnnxModel.Identity((int)OnnxElementType.Int64, 2, "batch"), new SessionOptions());

        var input = Assert.Single(session.Signature.Inputs);
        Assert.Equal(("x", DataType.I64), (input.Name, input.Type));
        Assert.Equal([2, -1], input.Dimensions.ToArray());
        Assert.Equal(["", "batch"], input.SymbolicDimensions.ToArray());
        Assert.Equal("y", Assert.Single(session.Signature.Outputs).Name);
        Assert.Equal(("hearth-tests", "graph"), (session.Model.ProducerName, session.Model.GraphName));
        Assert.Equal("tests", session.Model.Custom["author"]);
    }

    [OnnxRuntimeFact]
    public void Load_NoModel_FailsWithItsCodeAndLeavesNothing()
    {
        using var env = Open();

        var error = Assert.Throws<OnnxRuntimeException>(() => InferenceSession.Load(env, Encoding.UTF8.GetBytes("no model"), new SessionOptions()));

        Assert.Equal(OrtErrorCode.InvalidProtobuf, error.Code);
        Assert.Equal(0, env.Live.Value);
    }

    [OnnxRuntimeFact]
    public void Load_UnknownOperator_NamesIt()
    {
        using var env = Open();
        var model = OnnxModel.Make("NoSuchOperator", [("x", OnnxModel.Float, [1])], [("y", OnnxModel.Float, [1])]);

        var error = Assert.Throws<OnnxRuntimeException>(() => InferenceSession.Load(env, model, new SessionOptions()));

        Assert.Contains("NoSuchOperator", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, env.Live.Value);
    }

    [OnnxRuntimeFact]
    public void Dispose_OutputsOutliveTheSession_UntilTheyAreDisposed()
    {
        using var env = Open();
        var session = InferenceSession.Load(env, OnnxModel.Identity(OnnxModel.Float, 1), new SessionOptions());
        using var input = Floats(7);
        var output = Assert.Single(session.Run([input], [0], CancellationToken.None));

        session.Dispose();

        Assert.Equal(7, output.Buffer.AsSpan<float>()[0]);
        Assert.Equal(1, env.Live.Value);
        output.Dispose();
        Assert.Equal(0, env.Live.Value);
    }

    private static OrtEnv Open() => OrtEnv.Open(new OrtEnvOptions { LibraryPath = Environment.GetEnvironmentVariable(OnnxRuntimeLibrary.PathVariable) }, NullLogger.Instance);

    private static HostTensor Floats(params float[] values) =>
        new(DataType.F32, TensorShape.Of(values.Length), HostBuffer.CopyOf(MemoryMarshal.AsBytes<float>(values)));
}
