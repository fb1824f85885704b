using Hearth.Gateway.Activations;
using Hearth.Gateway.Invocation;

namespace Hearth.Gateway.Functions;

/// <summary>Answer to a request that asks for a worker: a slot of one, a refusal, or neither: another revision has to be chosen.</summary>
/// <param name="Worker">The worker of which the request holds a slot; null when refused.</param>
/// <param name="ColdStart">Where the time went when the request waited for an activation.</param>
/// <param name="Refusal">Why there is no worker; null when there is one.</param>
internal readonly record struct Admission(WorkerEndpoint? Worker, ColdStartBreakdown? ColdStart, Refusal? Refusal);
