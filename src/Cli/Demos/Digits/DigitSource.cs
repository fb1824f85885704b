using System.Globalization;

namespace Hearth.Cli.Demos.Digits;

/// <summary>Where a demo's digits come from.</summary>
/// <param name="Files">The files.</param>
/// <param name="Origin">What they are, in words.</param>
internal sealed record DigitSource(DigitFiles Files, string Origin)
{
    private const string Shared = "mnist10k";
    private const int Training = 8_000;
    private const int HeldOut = 2_000;
    private const int Seed = 3;

    /// <summary>The digits in <paramref name="folder"/>; without one, those beside the repository, else such as are drawn into <paramref name="scratch"/>.</summary>
    /// <exception cref="CommandException">The folder does not hold them.</exception>
    public static DigitSource Resolve(string? folder, string scratch)
    {
        if (folder is not null)
            return new(DigitFiles.In(folder), $"the digits in \"{folder}\"");
        if (DemoFolders.FindSharedData() is { } shared && Directory.Exists(Path.Combine(shared, Shared)))
            return new(DigitFiles.In(Path.Combine(shared, Shared)), $"the digits in \"{Path.Combine(shared, Shared)}\"");
        return new(DigitFiles.Draw(scratch, new(ReadGlyphs(), new(Seed)), Training, HeldOut), "digits drawn from the pictures of the example \"digits\"");
    }

    /// <summary>The pictures of the functions example, whose names begin with the digit they show.</summary>
    private static IReadOnlyList<(Picture Picture, int Digit)> ReadGlyphs() =>
    [
        .. Directory.GetFiles(Path.Combine(DemoFolders.FindExamples(), "functions", "digits", "pictures"), "*.pgm").Order(StringComparer.Ordinal)
            .Select(file => (Picture.ReadPgm(File.ReadAllBytes(file), file), int.Parse(Path.GetFileName(file).AsSpan(0, 1), CultureInfo.InvariantCulture))),
    ];
}
