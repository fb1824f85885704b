using Hearth.Api.Workers;

namespace Hearth.Gateway.Forwarding;

/// <summary>Outcome of one attempt to forward a request.</summary>
/// <param name="Status">How far it came.</param>
/// <param name="Refusal">Why the worker refused, for <see cref="ForwardStatus.Refused"/>.</param>
/// <param name="Error">What failed, for the log and the caller's message.</param>
internal readonly record struct ForwardResult(ForwardStatus Status, RefusalReason Refusal = default, Exception? Error = null);
