using System.Globalization;

namespace Hearth.Federation.Storage;

/// <summary>
/// A journal where nothing can be appended to: numbered objects, each written once. The first byte of a segment says what it is: <c>=</c> all there was before and
/// this, <c>+</c> what came behind the segment before it.
/// </summary>
/// <remarks>
/// Whoever opens the journal writes the next number with all that is sound. From then on an earlier writer's next segment has a number that is taken; and if that one
/// was faster, it is this one's number that is taken, and the opening is tried again, with the record in it. So no record is lost between two writers.
/// Now and then all of it is written again as one segment, so that whoever comes has few to read.
/// </remarks>
internal sealed class JournalSegments : MemoryStream
{
    /// <summary>A takeover reads at most so many objects, some seconds; and a record is written again with all others once in so many.</summary>
    public const int UsualWholeEvery = 256;

    private const byte Whole = (byte)'=';
    private const byte More = (byte)'+';

    private readonly int _wholeEvery;
    private long _number;
    private int _sinceWhole;
    private long _sent;

    /// <summary>Begins where others ended.</summary>
    /// <param name="content">What is sound.</param>
    /// <param name="last">Number of the last segment there is; 0 for none.</param>
    /// <param name="wholeEvery">Segments of which one holds all there is.</param>
    public JournalSegments(ReadOnlySpan<byte> content, long last, int wholeEvery)
    {
        Write(content);
        (_number, _wholeEvery) = (last, wholeEvery);
    }

    /// <summary>Whether something was written since the last segment.</summary>
    public bool HasMore => Length > _sent;

    /// <summary>The next segment: what was written since the last one, or all there is.</summary>
    public (long Number, byte[] Content) Take()
    {
        var isWhole = _sinceWhole++ % _wholeEvery == 0;
        byte[] content = [isWhole ? Whole : More, .. GetBuffer().AsSpan(0, (int)Length)[(isWhole ? 0 : (int)_sent)..]];
        _sent = Length;
        return (++_number, content);
    }

    /// <summary>Whether a segment holds all there was when it was written.</summary>
    public static bool IsWhole(byte[] segment) => segment is [Whole, ..];

    /// <summary>Name of a segment.</summary>
    public static string NameOf(long number) => number.ToString("D12", CultureInfo.InvariantCulture);

    /// <summary>Number of a segment.</summary>
    public static long NumberOf(string name) => long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw new OutputException($"'{name}' is no segment of '{OutputLayout.Journal}': its name is no number. Remove it, or choose another output.uri.");

    /// <summary>The journal that segments make.</summary>
    /// <param name="newestFirst">The segments; read no further than to the last one that holds all before it.</param>
    /// <param name="name">What messages call the place.</param>
    /// <exception cref="OutputException">One is missing.</exception>
    public static byte[] Join(IEnumerable<(long Number, byte[] Content)> newestFirst, string name)
    {
        var parts = new Stack<byte[]>();
        long? expected = null;
        foreach (var (number, content) in newestFirst)
        {
            if (number != (expected ?? number))
                throw Missing(expected!.Value, name);
            parts.Push(content);
            if (IsWhole(content))
            {
                expected = null;
                break;
            }
            expected = number - 1;
        }
        return expected is { } absent ? throw Missing(absent, name) : [.. parts.SelectMany(part => part.Skip(1))];
    }

    private static OutputException Missing(long number, string name) =>
        new($"'{OutputLayout.Journal}/{NameOf(number)}' is missing in '{name}', with segments behind it. Restore it, or choose another output.uri.");
}
