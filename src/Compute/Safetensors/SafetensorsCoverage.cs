namespace Hearth.Compute.Safetensors;

/// <summary>Checks that tensors cover the data exactly: no byte is owned twice, none by nobody.</summary>
internal sealed class SafetensorsCoverage(SafetensorsFaults faults, long dataLength)
{
    private readonly List<(string Name, long Begin, long End)> _extents = [];
    private bool _complete = true;

    public void Add(string name, (long Begin, long End)? offsets)
    {
        if (offsets is var (begin, end))
            _extents.Add((name, begin, end));
        else
            _complete = false;
    }

    public void Check()
    {
        // A tensor without valid offsets is a fault already; the hole it leaves would be a false one.
        if (!_complete)
            return;
        long position = 0;
        foreach (var (name, begin, end) in _extents.OrderBy(e => e.Begin).ThenBy(e => e.End))
        {
            if (begin < position)
                faults.Add(SafetensorsFaultKind.Overlap, name, $"begins at {begin}, but the tensor before it ends at {position}");
            else if (begin > position)
                faults.Add(SafetensorsFaultKind.Gap, name, $"begins at {begin}, but no tensor owns the bytes from {position}");
            if (end > dataLength)
                faults.Add(SafetensorsFaultKind.BeyondData, name, $"ends at {end}, but there are {dataLength} bytes of data");
            position = Math.Max(position, end);
        }
        if (position < dataLength)
            faults.Add(SafetensorsFaultKind.TrailingBytes, null, $"{dataLength - position} bytes at the end belong to no tensor");
    }
}
