using Hearth.Api.FederatedAggregations;
using Microsoft.AspNetCore.Http;

namespace Hearth.Worker.Assignments;

/// <summary>A role that a worker has taken. Disposed once no request runs.</summary>
internal interface IServedRole : IDisposable
{
    /// <summary>Answers a request to the data port; called within the assignment's gate.</summary>
    Task InvokeAsync(HttpContext context);

    /// <summary>Follows a plan of a federation's aggregators.</summary>
    /// <returns>What is wrong with it, every fault; null where this role leads no aggregators.</returns>
    IReadOnlyList<string>? Follow(AggregationPlan plan) => null;

    /// <summary>
    /// The assignment is being released: ends what runs by itself, and requests that wait for something, so that the gate empties. Called once, before
    /// <see cref="IDisposable.Dispose"/>.
    /// </summary>
    Task StopAsync();
}
