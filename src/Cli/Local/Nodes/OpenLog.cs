namespace Hearth.Cli.Local.Nodes;

/// <summary>A log that can be read.</summary>
/// <param name="Path">Its file.</param>
/// <param name="IsOpen">Whether more may be written to it.</param>
internal sealed record OpenLog(string Path, Func<bool> IsOpen);
