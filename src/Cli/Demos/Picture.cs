using System.Globalization;
using System.Text;
using Hearth.Cli.Demos.Serving;
using Hearth.Compute;

namespace Hearth.Cli.Demos;

/// <summary>A grey picture.</summary>
/// <param name="Width">Pixels in a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Pixels">Rows one after another, 0 for black to 255 for white.</param>
internal sealed record Picture(int Width, int Height, byte[] Pixels)
{
    // Two rows in one row of text: by the bits of upper and lower half. This keeps a picture's proportions, and needs no colours.
    private const string Blocks = " ▀▄█";
    private const int Threshold = 96;

    /// <summary>Reads a binary PGM (P5) of at most 8 bits a pixel.</summary>
    /// <exception cref="CommandException">The bytes are no such picture.</exception>
    public static Picture ReadPgm(ReadOnlySpan<byte> bytes, string source)
    {
        var fields = new List<string>();
        var position = 0;
        while (fields.Count < 4 && position < bytes.Length)
        {
            var end = position;
            while (end < bytes.Length && !char.IsWhiteSpace((char)bytes[end]))
                end++;
            if (end > position && bytes[position] == '#')
                end += bytes[end..].IndexOf((byte)'\n');
            else if (end > position)
                fields.Add(Encoding.ASCII.GetString(bytes[position..end]));
            position = end + 1;
        }
        if (fields is ["P5", var w, var h, var max]
            && int.TryParse(w, CultureInfo.InvariantCulture, out var width) && int.TryParse(h, CultureInfo.InvariantCulture, out var height)
            && max == "255" && bytes.Length - position == (long)width * height)
        {
            return new(width, height, bytes[position..].ToArray());
        }
        throw new CommandException($"\"{source}\" is no binary PGM of 8 bits: expected P5, width, height, 255 and the pixels.");
    }

    /// <summary>The picture as the model wants it: FP32 [1, 1, height, width], 0 for black to 1 for white.</summary>
    public Tensor ToTensor(string name)
    {
        var data = new byte[Pixels.Length * sizeof(float)];
        for (var i = 0; i < Pixels.Length; i++)
            BitConverter.TryWriteBytes(data.AsSpan(i * sizeof(float)), Pixels[i] / 255f);
        return new(name, DataType.F32, TensorShape.Of(1, 1, Height, Width), data);
    }

    /// <summary>The picture at half its size, as lines of half blocks: bright where it is bright.</summary>
    public IReadOnlyList<string> Draw()
    {
        var lines = new List<string>();
        for (var y = 0; y < Height; y += 4)
            lines.Add(string.Concat(Enumerable.Range(0, Width / 2).Select(x => Blocks[(IsBright(x * 2, y) ? 1 : 0) + (IsBright(x * 2, y + 2) ? 2 : 0)])));
        return lines;
    }

    /// <summary>Whether the square of four pixels at a place is bright on average.</summary>
    private bool IsBright(int x, int y) => Pixel(x, y) + Pixel(x + 1, y) + Pixel(x, y + 1) + Pixel(x + 1, y + 1) > 4 * Threshold;

    /// <summary>One pixel; black outside.</summary>
    public int Pixel(int x, int y) => x >= 0 && y >= 0 && x < Width && y < Height ? Pixels[(y * Width) + x] : 0;
}
