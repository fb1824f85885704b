namespace Hearth.Federation.Clients;

/// <summary>The clients that can be asked.</summary>
/// <param name="Present">Their ids, the first to join first.</param>
/// <param name="LastJoin">When the last one joined.</param>
internal sealed record Roster(IReadOnlyList<string> Present, DateTimeOffset LastJoin)
{
    /// <summary>No one.</summary>
    public static Roster Empty { get; } = new([], DateTimeOffset.MinValue);
}
