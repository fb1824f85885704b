using System.Diagnostics.CodeAnalysis;

namespace Hearth.Compute.Safetensors;

/// <summary>Collects faults, so that whoever made the content learns of all of them at once.</summary>
internal sealed class SafetensorsFaults
{
    /// <summary>Faults after which reading ends: a hostile header could hold millions.</summary>
    public const int Limit = 32;

    private const int LongestName = 100;

    private readonly List<SafetensorsFault> _faults = [];

    public void Add(SafetensorsFaultKind kind, string? tensor, string message)
    {
        _faults.Add(new SafetensorsFault(kind, tensor, tensor is null ? message : $"tensor \"{Printable(tensor)}\" {message}"));
        if (_faults.Count == Limit)
            Throw();
    }

    public void ThrowIfAny()
    {
        if (_faults.Count > 0)
            Throw();
    }

    [DoesNotReturn]
    public void Stop(SafetensorsFaultKind kind, string message)
    {
        _faults.Add(new SafetensorsFault(kind, null, message));
        Throw();
    }

    /// <summary>A name someone else chose, fit for one line of a message.</summary>
    public static string Printable(string name)
    {
        var cut = name.Length > LongestName ? string.Concat(name.AsSpan(0, LongestName), "...") : name;
        return string.Create(cut.Length, cut, static (target, source) =>
        {
            for (var i = 0; i < target.Length; i++)
                target[i] = char.IsControl(source[i]) || char.IsSurrogate(source[i]) ? '?' : source[i];
        });
    }

    [DoesNotReturn]
    private void Throw() => throw new SafetensorsFormatException([.. _faults]);
}
