namespace Hearth.Federation.Client;

/// <summary>Something that a participant did, for whoever watches.</summary>
/// <param name="Round">The round it was for; 0 for none.</param>
/// <param name="Message">What it did, a line for people.</param>
public sealed record ParticipationEvent(int Round, string Message);
