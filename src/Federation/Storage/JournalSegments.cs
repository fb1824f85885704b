using System.Globalization;

namespace Hearth.Federation.Storage;

/// <summary>
/// A journal where nothing can be appended to: numbered objects, each written once. The first byte of a segment says what it is: <c>=</c> all there was before and
/// this, <c>+</c> what came behind the segment before it.
/// </summary>
/// <remarks>
/// Whoever opens the journal writes the next number with all that is sound. From then on an earlier writer's next segment has a number that is taken; and if that one
/// was faster, it is this one's number that is taken, and the opening is tried again, with the record in it. So no record is lost between two writers.
/// </remarks>
internal sealed class JournalSegments : MemoryStream
{
    private const byte Whole = (byte)'=';
    private const byte More = (byte)'+';

    private long _number;
    private byte _kind = Whole;

    /// <summary>Begins where others ended.</summary>
    /// <param name="content">What is sound.</param>
    /// <param name="last">Number of the last segment there is; 0 for none.</param>
    public JournalSegments(byte[] content, long last)
    {
        Write(content);
        _number = last;
    }

    /// <summary>Whether something was written since the last segment.</summary>
    public bool HasMore => Length > 0;

    /// <summary>The next segment: what was written since the last one.</summary>
    public (string Name, byte[] Content) Take()
    {
        byte[] content = [_kind, .. ToArray()];
        SetLength(0);
        _kind = More;
        return ((++_number).ToString("D12", CultureInfo.InvariantCulture), content);
    }

    /// <summary>Number of a segment.</summary>
    public static long NumberOf(string name) => long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw new OutputException($"'{name}' is no segment of '{OutputLayout.Journal}': its name is no number. Remove it, or choose another output.uri.");

    /// <summary>The journal that segments make, in the order of their numbers.</summary>
    public static byte[] Join(IEnumerable<byte[]> segments)
    {
        using var content = new MemoryStream();
        foreach (var segment in segments)
        {
            if (segment is [Whole, ..])
                content.SetLength(0);
            content.Write(segment.AsSpan(Math.Min(1, segment.Length)));
        }
        return content.ToArray();
    }
}
