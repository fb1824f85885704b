using Hearth.Cli.Demos.Functions;
using Hearth.Cli.Demos.Serving;
using Hearth.Compute;

namespace Hearth.Cli.Tests.Demos.Functions;

public sealed class InputFileTests : IDisposable
{
    private static readonly TensorSpec Sound = new("sound", DataType.F32, [1, -1]);
    private static readonly TensorSpec Rate = new("rate", DataType.I64, []);
    private readonly string _directory = Directory.CreateTempSubdirectory("hearth-input-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Parse_FileNameAndShape_ReadsEach()
    {
        var input = InputFile.Parse("/data/x.f32,name=sound,shape=1x2x3");

        Assert.Equal(("/data/x.f32", "sound", "[1,2,3]"), (input.Path, input.Name, input.Shape!.ToString()));
        Assert.Equal(new InputFile("x.f32", null, null), InputFile.Parse("x.f32"));
    }

    [Theory]
    [InlineData("x,shape=1x")]
    [InlineData("x,shape=-1")]
    [InlineData("x,colour=red")]
    public void Parse_AnythingElse_SaysWhatIsExpected(string text) => Assert.Throws<CommandException>(() => InputFile.Parse(text));

    [Fact]
    public void ReadAll_NamedAndUnnamedFiles_FillTheInputsInOrder()
    {
        var tensors = InputFile.ReadAll([Make("r", 8, "rate"), Make("s", 16)], [Sound, Rate]);

        Assert.Equal([("sound", "[1,4]"), ("rate", "[]")], tensors.Select(t => (t.Name, t.Shape.ToString())));
    }

    [Fact]
    public void ReadAll_InputWithoutFile_NamesIt()
    {
        var fault = Assert.Throws<CommandException>(() => InputFile.ReadAll([Make("s", 16)], [Sound, Rate]));

        Assert.Contains("\"rate\"", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadAll_UnknownName_ListsTheModelsInputs()
    {
        var fault = Assert.Throws<CommandException>(() => InputFile.ReadAll([Make("s", 16, "image")], [Sound, Rate]));

        Assert.Equal("the model has no input \"image\"; it has \"sound\", \"rate\".", fault.Message);
    }

    [Fact]
    public void ReadAll_MoreFilesThanInputs_Refuses() =>
        Assert.Throws<CommandException>(() => InputFile.ReadAll([Make("a", 16), Make("b", 16)], [Sound]));

    private InputFile Make(string name, int bytes, string? input = null)
    {
        var path = Path.Combine(_directory, name);
        File.WriteAllBytes(path, new byte[bytes]);
        return new(path, input, null);
    }
}
