namespace Hearth.Federation.Protocol;

/// <summary>Answer to <c>POST clients</c>.</summary>
/// <param name="Id">The client's id.</param>
/// <param name="Round">The round that is open or comes next.</param>
public sealed record JoinAnswer(string Id, int Round);
