using Hearth.Api.FederatedAggregations;
using Hearth.Gateway.Invocation;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Hearth.Gateway.Federations;

/// <summary>Whose requests are passed on to a federation's aggregators: who may, within what they may have under way.</summary>
internal sealed class FederationAdmission(ClientAuthenticator tokens, ClientLimits limits, FederationActivity activity, GatewayOptions options)
{
    private static readonly TimeSpan SlowStart = TimeSpan.FromSeconds(10);

    /// <summary>Passes a request on when it may be; the refusal otherwise, or what <paramref name="forward"/> returns.</summary>
    public async Task<Refusal?> PassAsync(HttpContext context, FederatedAggregation federation, FederationTarget target, Func<Task<Refusal?>> forward)
    {
        if (target.IsInternal)
            return new(Outcome.NoRoute, $"there is nothing for clients at \"{target.PathAndQuery}\" of federation \"{target.Federation}\": see the client protocol");
        if (context.Request.ContentLength > options.MaxUpdateBytes)
            return new(Outcome.BodyTooLarge, $"the body of {context.Request.ContentLength} bytes is over the limit of {options.MaxUpdateBytes}");
        var (client, refusal) = await tokens.CheckAsync(context, federation, target);
        if (refusal is not null)
            return refusal;
        if (federation.Spec.Clients.Auth is not null)
            context.Request.Headers.Authorization = default;

        var who = client ?? NameOf(context, target);
        // A body of unknown length may become as long as any.
        var bytes = target.UpdateClient() is null ? 0 : context.Request.ContentLength ?? options.MaxUpdateBytes;
        if (limits.TryEnter(target.Federation, federation.Spec.Clients.Quota, who, bytes) is { } full)
            return full;
        activity.Note(target.Federation, 1);
        try
        {
            RequireRate(context);
            return await forward();
        }
        finally
        {
            activity.Note(target.Federation, -1);
            limits.Leave(target.Federation, who, bytes);
        }
    }

    /// <summary>Who sends a request: the client it names, else the address it comes from.</summary>
    private static string NameOf(HttpContext context, FederationTarget target)
    {
        var named = target.UpdateClient() ?? context.Request.Query["client"].ToString();
        return named.Length > 0 ? named : context.Connection.RemoteIpAddress?.ToString() ?? "";
    }

    /// <summary>A client that sends a byte a second would hold its aggregator's place in the round.</summary>
    private void RequireRate(HttpContext context)
    {
        if (options.MinUpdateBytesPerSecond > 0 && context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = new MinDataRate(options.MinUpdateBytesPerSecond, SlowStart);
    }
}
