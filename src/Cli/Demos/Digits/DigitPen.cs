namespace Hearth.Cli.Demos.Digits;

/// <summary>Draws digits: each is one of a few pictures, turned, slanted, stretched, moved, with more or less ink and grain, all by chance. Pure.</summary>
/// <param name="glyphs">The pictures and what they show; one at least for each digit.</param>
/// <param name="random">Chance.</param>
internal sealed class DigitPen(IReadOnlyList<(Picture Picture, int Digit)> glyphs, Random random)
{
    private const int Digits = 10;
    private const int Size = DrawnDigits.Size;
    private const double Middle = (Size - 1) / 2.0;

    private readonly ILookup<int, Picture> _glyphs = glyphs.ToLookup(g => g.Digit, g => g.Picture);

    /// <summary>Draws so many digits, each of the ten as likely.</summary>
    public DrawnDigits Draw(int count)
    {
        var digits = new DrawnDigits(new byte[count * Size * Size], new byte[count]);
        for (var i = 0; i < count; i++)
        {
            var digit = random.Next(Digits);
            digits.Labels[i] = (byte)digit;
            Draw(_glyphs[digit].ElementAt(random.Next(_glyphs[digit].Count())), digits.Pixels.AsSpan(i * Size * Size, Size * Size));
        }
        return digits;
    }

    private void Draw(Picture glyph, Span<byte> pixels)
    {
        var (turn, slant) = (Between(-0.3, 0.3), Between(-0.35, 0.35));
        var (width, height) = (Between(0.75, 1.2), Between(0.8, 1.15));
        var (right, down) = (Between(-2.5, 2.5), Between(-2.5, 2.5));
        var (ink, grain) = (Between(0.8, 1.6), Between(0, 0.25));
        var (cos, sin) = (Math.Cos(turn), Math.Sin(turn));
        for (var y = 0; y < Size; y++)
        {
            for (var x = 0; x < Size; x++)
            {
                // Where this pixel's ink comes from: the way back through move, turn, slant and stretch.
                var (dx, dy) = (x - Middle - right, y - Middle - down);
                var (u, v) = ((cos * dx) + (sin * dy), (cos * dy) - (sin * dx));
                var value = Sample(glyph, Middle + ((u + (slant * v)) / width), Middle + (v / height));
                pixels[(y * Size) + x] = (byte)Math.Clamp(value * ink * (1 + Between(-grain, grain)), 0, 255);
            }
        }
    }

    /// <summary>The picture between its pixels (bilinear).</summary>
    private static double Sample(Picture picture, double x, double y)
    {
        var (left, top) = ((int)Math.Floor(x), (int)Math.Floor(y));
        var (fx, fy) = (x - left, y - top);
        return ((1 - fy) * (((1 - fx) * picture.Pixel(left, top)) + (fx * picture.Pixel(left + 1, top))))
            + (fy * (((1 - fx) * picture.Pixel(left, top + 1)) + (fx * picture.Pixel(left + 1, top + 1))));
    }

    private double Between(double low, double high) => low + ((high - low) * random.NextDouble());
}
