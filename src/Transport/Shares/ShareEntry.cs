namespace Hearth.Transport.Shares;

/// <summary>A sealed object.</summary>
/// <param name="Owner">Whose it is.</param>
/// <param name="Name">Its name.</param>
/// <param name="Length">Bytes.</param>
public sealed record ShareEntry(string Owner, string Name, long Length);
