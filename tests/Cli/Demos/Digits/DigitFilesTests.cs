using Hearth.Cli.Demos;
using Hearth.Cli.Demos.Digits;

namespace Hearth.Cli.Tests.Demos.Digits;

public sealed class DigitFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hearth-digits-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Draw_ReadAgain_GivesWhatWasDrawn()
    {
        var blank = new Picture(28, 28, new byte[28 * 28]);
        blank.Pixels.AsSpan(300, 100).Fill(200);
        var pen = new DigitPen([.. Enumerable.Range(0, 10).Select(d => (blank, d))], new(1));

        DigitFiles.Draw(_folder, pen, training: 30, heldOut: 20);

        var files = DigitFiles.In(_folder);
        var (training, heldOut) = (files.ReadTraining(), files.ReadHeldOut());
        Assert.Equal((30, 20), (training.Count, heldOut.Count));
        Assert.Equal([28, 28], training.ExampleShape.Dimensions.ToArray());
        Assert.Equal("0123456789", string.Concat(heldOut.Classes));
        Assert.Contains(training.Features(0).ToArray(), pixel => pixel > 100);
    }

    [Fact]
    public void In_FolderWithoutThem_SaysWhichFilesAreExpected()
    {
        var fault = Assert.Throws<CommandException>(() => DigitFiles.In(_folder));

        Assert.Contains($"\"{_folder}\"", fault.Message, StringComparison.Ordinal);
        Assert.Contains("train-images-idx3-ubyte.gz", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadHeldOut_TruncatedFile_NamesIt()
    {
        foreach (var (name, bytes) in new[] { ("train-images-idx3-ubyte", (byte[])[0, 0, 8]), ("train-labels-idx1-ubyte", [0]), ("t10k-images-idx3-ubyte", [0, 0, 8, 3]), ("t10k-labels-idx1-ubyte", [0]) })
            await File.WriteAllBytesAsync(Path.Combine(_folder, name), bytes);

        var fault = Assert.Throws<CommandException>(() => DigitFiles.In(_folder).ReadHeldOut());

        Assert.Contains("t10k-images-idx3-ubyte", fault.Message, StringComparison.Ordinal);
    }
}
