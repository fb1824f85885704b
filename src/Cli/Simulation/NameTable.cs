namespace Hearth.Cli.Simulation;

/// <summary>Numbers names in the order in which they are first seen.</summary>
internal sealed class NameTable
{
    private readonly Dictionary<string, int> _indices = [];
    private readonly List<string> _names = [];

    public IReadOnlyList<string> Names => _names;

    public int Index(string name)
    {
        if (!_indices.TryGetValue(name, out var index))
        {
            _indices[name] = index = _names.Count;
            _names.Add(name);
        }
        return index;
    }
}
