using Hearth.Transport.Shares;

namespace Hearth.Transport.Tests.Shares;

/// <summary>A share of its own for a test: on a tmpfs where there is one.</summary>
internal sealed class ShareFolder : IDisposable
{
    public const int Page = 4096;
    private readonly List<NodeShare> _shares = [];

    public ShareFolder()
    {
        var parent = Directory.Exists("/dev/shm") ? "/dev/shm" : System.IO.Path.GetTempPath();
        Path = System.IO.Path.Combine(parent, $"hearth-test-{Guid.NewGuid():N}");
    }

    public string Path { get; }

    public static TimeSpan Generous { get; } = TimeSpan.FromSeconds(60);

    public NodeShare Open(string owner, long pages = 16, TimeProvider? time = null)
    {
        var share = NodeShare.Open(Path, owner, new() { Budget = pages * Page }, time ?? TimeProvider.System);
        _shares.Add(share);
        return share;
    }

    public Neighbour Start(string owner, long pages = 16) => new(Path, owner, pages * Page);

    public void Dispose()
    {
        _shares.ForEach(share => share.Dispose());
        Directory.Delete(Path, recursive: true);
    }
}
