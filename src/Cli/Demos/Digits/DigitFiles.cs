using Hearth.Training.Datasets;

namespace Hearth.Cli.Demos.Digits;

/// <summary>Pictures of handwritten digits and what they show, in files as the MNIST database has them: some to learn from, some held out.</summary>
internal sealed record DigitFiles(string TrainImages, string TrainLabels, string TestImages, string TestLabels)
{
    private const string Images = "images-idx3-ubyte";
    private const string Labels = "labels-idx1-ubyte";

    /// <summary>The digits to learn from.</summary>
    public Dataset ReadTraining() => Read(TrainImages, TrainLabels);

    /// <summary>The digits held out.</summary>
    public Dataset ReadHeldOut() => Read(TestImages, TestLabels);

    /// <summary>The files of a folder, plain or with <c>.gz</c>, under the names that they have in every copy of MNIST.</summary>
    /// <exception cref="CommandException">One of them is not there.</exception>
    public static DigitFiles In(string folder)
    {
        return new(Find($"train-{Images}"), Find($"train-{Labels}"), Find($"t10k-{Images}"), Find($"t10k-{Labels}"));

        string Find(string name) => ((string[])[name, $"{name}.gz"]).Select(n => Path.GetFullPath(Path.Combine(folder, n))).FirstOrDefault(File.Exists)
            ?? throw new CommandException(
                $"the folder \"{folder}\" has no file \"{name}\" or \"{name}.gz\": expected train-{Images}, train-{Labels}, t10k-{Images} and t10k-{Labels}.");
    }

    /// <summary>Writes digits that are drawn, and returns their files.</summary>
    public static DigitFiles Draw(string folder, DigitPen pen, int training, int heldOut)
    {
        var files = new DigitFiles(
            Path.Combine(folder, $"train-{Images}"), Path.Combine(folder, $"train-{Labels}"),
            Path.Combine(folder, $"t10k-{Images}"), Path.Combine(folder, $"t10k-{Labels}"));
        Write(pen.Draw(training), files.TrainImages, files.TrainLabels);
        Write(pen.Draw(heldOut), files.TestImages, files.TestLabels);
        return files;
    }

    private static Dataset Read(string images, string labels)
    {
        try
        {
            return IdxDataset.Read(images, labels, classes: 10);
        }
        catch (DatasetException e)
        {
            throw new CommandException(e.Message);
        }
    }

    private static void Write(DrawnDigits digits, string images, string labels)
    {
        File.WriteAllBytes(images, IdxBytes.Of(digits.Pixels, digits.Labels.Length, DrawnDigits.Size, DrawnDigits.Size));
        File.WriteAllBytes(labels, IdxBytes.Of(digits.Labels, digits.Labels.Length));
    }
}
