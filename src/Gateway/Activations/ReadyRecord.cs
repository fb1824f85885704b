namespace Hearth.Gateway.Activations;

/// <summary>When and how a worker became ready through this gateway.</summary>
/// <param name="At">Timestamp.</param>
/// <param name="Timing">How long the stages took.</param>
internal sealed record ReadyRecord(long At, ActivationTiming Timing);
