namespace Hearth.Transport.Shares;

/// <summary>Mappings whose lease has ended, kept for the next object that lies in the same memory. Nobody looks at them meanwhile.</summary>
internal sealed class ParkedMappings : IDisposable
{
    // Each takes a descriptor and, with 4 KiB pages, 1/512 of its length for the page table.
    private const int Most = 64;

    private readonly Lock _gate = new();
    private readonly List<ShareMapping> _parked = [];
    private bool _isClosed;

    /// <summary>Keeps a mapping whose lock was given back; false when it is to be ended.</summary>
    public bool Park(ShareMapping mapping)
    {
        ShareMapping? oldest = null;
        lock (_gate)
        {
            if (_isClosed)
                return false;
            _parked.Add(mapping);
            if (_parked.Count > Most)
            {
                oldest = _parked[0];
                _parked.RemoveAt(0);
            }
        }
        oldest?.End();
        return true;
    }

    /// <summary>A mapping of that file, as long as it is now; null when there is none. Ends those whose file is gone.</summary>
    /// <param name="file">The file.</param>
    /// <param name="isToBeWritten">Whether only one will do that can be written.</param>
    public ShareMapping? Take(FileFacts file, bool isToBeWritten)
    {
        List<ShareMapping> gone = [];
        ShareMapping? found = null;
        lock (_gate)
        {
            for (var i = _parked.Count - 1; i >= 0; i--)
            {
                var mapping = _parked[i];
                var isFound = found is null && mapping.Node == file.Node && (mapping.CanBeWritten || !isToBeWritten) && mapping.MappedBytes == OwnerDirectory.ToPages(file.Length);
                if (!isFound && PosixNative.Stat(mapping.File).Links > 0)
                    continue;
                _parked.RemoveAt(i);
                if (isFound)
                    found = mapping;
                else
                    gone.Add(mapping);
            }
        }
        gone.ForEach(mapping => mapping.End());
        return found;
    }

    /// <summary>Ends them all, and keeps none any more.</summary>
    public void Dispose()
    {
        lock (_gate)
            _isClosed = true;
        _parked.ForEach(mapping => mapping.End());
        _parked.Clear();
    }
}
