using Hearth.Api.Workers;

namespace Hearth.Worker.Models;

/// <summary>Models that stay loaded when their assignment ends, so that the next one that asks for them costs no load. Thread-safe.</summary>
/// <remarks>
/// Up to a budget of bytes as measured; beyond it the one that was not used for longest goes, and one that is larger than the whole budget is not kept. A
/// model is in the hands of one assignment or here, never both.
/// </remarks>
/// <param name="maxBytes">The budget; 0 keeps none.</param>
internal sealed class ResidentModels(long maxBytes) : IDisposable
{
    private readonly Lock _lock = new();

    // The most recently used last.
    private readonly List<ResidentModel> _models = [];

    /// <summary>Those that are here, the least recently used first.</summary>
    public IReadOnlyList<ResidentModel> Idle
    {
        get
        {
            lock (_lock)
                return [.. _models];
        }
    }

    /// <summary>Bytes that they take.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
                return _models.Sum(model => model.Bytes);
        }
    }

    /// <summary>Bytes of the native heap that they take.</summary>
    public long NativeBytes
    {
        get
        {
            lock (_lock)
                return _models.Sum(model => model.Memory.Native);
        }
    }

    /// <summary><see cref="ArtifactKey"/>s of what may be found loaded here by the assignment after <paramref name="serving"/>, the most recently used first.</summary>
    public IReadOnlyList<string> Keys(Assignment? serving)
    {
        if (maxBytes == 0)
            return [];
        var kept = Idle.Reverse().Select(resident => ArtifactKey.OfDigest(resident.Key.Sha256));
        return ArtifactKey.OfLoaded(serving?.Model) is { } served ? [.. kept.Prepend(served).Distinct()] : [.. kept];
    }

    /// <summary>Takes a model out for an assignment.</summary>
    /// <param name="key">What is asked for.</param>
    /// <param name="uri">
    /// Where it must have been read from; null for anywhere, for an assignment that has read the same bytes itself. Who knows a digest has not shown thereby that
    /// it may read what the digest is of.
    /// </param>
    public ResidentModel? Take(ModelKey key, string? uri)
    {
        lock (_lock)
        {
            var found = _models.Find(model => model.Key == key && (uri is null || model.Uri == uri));
            if (found is not null)
                _models.Remove(found);
            return found;
        }
    }

    /// <summary>Keeps a model, or unloads it where it does not fit; what was not used for longest makes room.</summary>
    public void Keep(ResidentModel model)
    {
        List<ResidentModel> unloaded = [];
        lock (_lock)
        {
            // Two of one digest, read from two places: one is enough.
            unloaded.AddRange(_models.Where(other => other.Key == model.Key));
            _models.RemoveAll(unloaded.Contains);
            if (model.Bytes <= maxBytes)
                _models.Add(model);
            else
                unloaded.Add(model);
            unloaded.AddRange(Shrink(maxBytes));
        }
        Unload(unloaded);
    }

    /// <summary>Unloads those that were not used for longest until <paramref name="bytes"/> of memory are free or none is left.</summary>
    /// <param name="bytes">What is needed.</param>
    /// <param name="free">What is free now.</param>
    public void MakeRoom(long bytes, long free)
    {
        List<ResidentModel> unloaded;
        lock (_lock)
            unloaded = Shrink(_models.Sum(model => model.Bytes) - Math.Max(0, bytes - free));
        Unload(unloaded);
    }

    /// <summary>Unloads all.</summary>
    public void Dispose()
    {
        List<ResidentModel> unloaded;
        lock (_lock)
            unloaded = Shrink(-1);
        Unload(unloaded);
    }

    private static void Unload(List<ResidentModel> models)
    {
        foreach (var model in models)
            model.Model.Dispose();
    }

    private List<ResidentModel> Shrink(long bytes)
    {
        var total = _models.Sum(model => model.Bytes);
        var count = 0;
        for (; total > bytes && count < _models.Count; count++)
            total -= _models[count].Bytes;
        var taken = _models.GetRange(0, count);
        _models.RemoveRange(0, count);
        return taken;
    }
}
