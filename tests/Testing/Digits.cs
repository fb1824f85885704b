namespace Hearth.Testing;

/// <summary>Draws digits: a font of 3 by 5 dots, anywhere on a square of pixels from 0 to 255, with noise.</summary>
public static class Digits
{
    /// <summary>Width and height of a picture.</summary>
    public const int Size = 8;

    private const int GlyphWidth = 3;
    private const int GlyphHeight = 5;

    private static readonly string[] Font =
    [
        "###" + "#.#" + "#.#" + "#.#" + "###",
        ".#." + "##." + ".#." + ".#." + "###",
        "###" + "..#" + "###" + "#.." + "###",
        "###" + "..#" + ".##" + "..#" + "###",
        "#.#" + "#.#" + "###" + "..#" + "..#",
        "###" + "#.." + "###" + "..#" + "###",
        "###" + "#.." + "###" + "#.#" + "###",
        "###" + "..#" + ".#." + ".#." + ".#.",
        "###" + "#.#" + "###" + "#.#" + "###",
        "###" + "#.#" + "###" + "..#" + "###",
    ];

    /// <summary>Pictures, one after another, and the digit that each shows.</summary>
    public static (float[] Pixels, int[] Labels) Draw(int count, int seed)
    {
        var random = new Random(seed);
        var pixels = new float[count * Size * Size];
        var labels = new int[count];
        for (var i = 0; i < count; i++)
        {
            labels[i] = random.Next(Font.Length);
            Draw(Font[labels[i]], random, pixels.AsSpan(i * Size * Size, Size * Size));
        }
        return (pixels, labels);
    }

    private static void Draw(string glyph, Random random, Span<float> picture)
    {
        foreach (ref var pixel in picture)
            pixel = random.Next(40);
        var (left, top) = (random.Next(Size - GlyphWidth + 1), random.Next(Size - GlyphHeight + 1));
        for (var i = 0; i < glyph.Length; i++)
        {
            if (glyph[i] == '#')
                picture[((top + (i / GlyphWidth)) * Size) + left + (i % GlyphWidth)] = 180 + random.Next(76);
        }
    }
}
