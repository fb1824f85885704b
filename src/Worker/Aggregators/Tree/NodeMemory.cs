using Hearth.Api.Workers;
using Hearth.Transport.Shares;

namespace Hearth.Worker.Aggregators.Tree;

/// <summary>An aggregator's part in the memory that its node's workers share; without one, a folder of its own, which goes with it.</summary>
internal sealed class NodeMemory : IDisposable
{
    private readonly string? _private;

    private NodeMemory(NodeShare share, string? ownFolder) => (Share, _private) = (share, ownFolder);

    /// <summary>The memory.</summary>
    public NodeShare Share { get; }

    /// <summary>Whether the node's other aggregators see it.</summary>
    public bool IsShared => _private is null;

    /// <summary>Takes it.</summary>
    /// <param name="folder">What the node's workers share; null or empty where they share nothing.</param>
    /// <param name="bytes">How much all of them may take.</param>
    /// <param name="owner">Id of the aggregator's assignment.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="AssignmentException">It cannot be had.</exception>
    public static NodeMemory Open(string? folder, long bytes, string owner, TimeProvider time)
    {
        var isShared = !string.IsNullOrEmpty(folder);
        var own = isShared ? null : Directory.CreateTempSubdirectory("hearth-leaf-").FullName;
        try
        {
            return new(NodeShare.Open(own ?? folder!, owner, new() { Budget = bytes }, time), own);
        }
        catch (Exception e) when (e is ShareException or IOException or UnauthorizedAccessException)
        {
            Delete(own);
            throw new AssignmentException(new AssignmentFailure(AssignmentFailureReason.WorkerLost, $"The memory of the worker's node cannot be used: {e.Message}", Retriable: true), e);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Share.Dispose();
        Delete(_private);
    }

    private static void Delete(string? folder)
    {
        if (folder is not null && Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }
}
