namespace Hearth.Transport.Shares;

/// <summary>What the system says of a file.</summary>
/// <param name="Node">Its inode, which no other file has while anyone has it open or mapped.</param>
/// <param name="Links">Its names.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Changed">When its name, mode or length last changed, in ns of Unix time.</param>
internal readonly record struct FileFacts(ulong Node, uint Links, long Length, long Changed);
