namespace Hearth.Federation.Tree;

/// <summary>For memory that is only looked at.</summary>
internal sealed class NoOwner : IDisposable
{
    public static NoOwner Instance { get; } = new();

    public void Dispose()
    {
    }
}
