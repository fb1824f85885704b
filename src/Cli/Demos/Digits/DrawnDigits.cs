namespace Hearth.Cli.Demos.Digits;

/// <summary>Digits that were drawn.</summary>
/// <param name="Pixels">Pictures one after another, row by row, 0 for black to 255 for white.</param>
/// <param name="Labels">What each shows.</param>
internal sealed record DrawnDigits(byte[] Pixels, byte[] Labels)
{
    /// <summary>Pixels of a side.</summary>
    public const int Size = 28;
}
