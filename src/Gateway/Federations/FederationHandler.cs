using Hearth.Api.Workers;
using Hearth.Gateway.Forwarding;
using Hearth.Gateway.Invocation;
using Hearth.Gateway.Operations;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Hearth.Gateway.Federations;

/// <summary>The request path of federations' clients: find the aggregator, forward, and again to the next one while the body allows.</summary>
/// <remarks>
/// Every request of the protocol may be sent twice: a join carries the client's id, an update its digest. So an attempt that broke off is repeated
/// whatever its method, as long as nothing of the answer and no more of the body than can be replayed has passed. The rest is the client's to repeat,
/// which 503 tells it.
/// </remarks>
internal sealed partial class FederationHandler(
    FederationRegistry federations, FederationAdmission admission, Forwarder forwarder, GatewayMetrics metrics, GatewayOptions options, TimeProvider time, ILogger<FederationHandler> log)
{
    // A federation that was made just now is known after one watch event.
    private static readonly TimeSpan LookupPatience = TimeSpan.FromSeconds(2);

    // A request that ends one aggregator after the other is not given to every next one.
    private const int MaxBegun = 3;

    /// <summary>An aggregator that could not be reached is dialled again after this time, or sooner when the cluster says something new.</summary>
    private static readonly TimeSpan RedialAfter = TimeSpan.FromMilliseconds(250);

    /// <summary>Answers a request, whatever happens.</summary>
    public async Task HandleAsync(HttpContext context, FederationTarget target)
    {
        var arrived = time.GetTimestamp();
        var outcome = Outcome.InternalError;
        var isKnown = false;
        var id = target.Federation.ToString();
        try
        {
            var state = await federations.FindAsync(target.Federation, LookupPatience, context.RequestAborted);
            isKnown = state is not null;
            var refusal = state is null
                ? FederationAnswers.NotFound(id)
                : await admission.PassAsync(context, state.Look().Federation, target, () => ForwardAsync(context, state, target));
            outcome = refusal?.Outcome ?? Outcome.Answered;
            if (refusal is not null)
                await RefuseAsync(context, id, refusal);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            outcome = Outcome.CallerGone;
        }
        catch (Exception e)
        {
            Log.Faulted(log, e, id);
            await RefuseAsync(context, id, new(Outcome.InternalError, "the gateway met a fault, which its log describes"));
        }
        finally
        {
            if (isKnown)
                metrics.OnFederationRequest(target.Federation, outcome, time.GetElapsedTime(arrived));
        }
    }

    /// <summary>Null when an answer went to the client, otherwise what the gateway has to say.</summary>
    private async Task<Refusal?> ForwardAsync(HttpContext context, FederationState state, FederationTarget target)
    {
        var body = MakeBody(context);
        using var request = new CancellationTokenSource(options.FederationTimeout, time);
        var refused = new HashSet<string>();
        long? waitsSince = null;
        var begun = 0;
        for (var attempt = 1; ; attempt++)
        {
            var view = await AwaitAggregatorAsync(state, target.Slot, refused, waitsSince ??= time.GetTimestamp(), context.RequestAborted);
            if (view.Find(target.Slot, refused) is not { } aggregator)
                return await WithoutAggregatorAsync(context, target, view);

            var result = await AttemptAsync(context, aggregator, target, body, request.Token);
            var isSuperseded = result.Status == ForwardStatus.Cancelled && aggregator.Superseded.IsCancellationRequested;
            // It had the request: the wait for the next one begins now.
            if (result.Status == ForwardStatus.Broken || isSuperseded)
                (waitsSince, begun) = (null, begun + 1);
            var mayRepeat = (ShouldRetry(result.Status) || isSuperseded) && begun < MaxBegun && body?.CanReplay != false;
            if (!mayRepeat || request.IsCancellationRequested)
                return ToRefusal(result, context, aggregator, request.IsCancellationRequested);
            metrics.OnRetry(result.Status == ForwardStatus.Refused ? result.Refusal.ToString() : result.Status.ToString());
            Log.Retrying(log, target.Federation.ToString(), aggregator.Name, result.Status, attempt);

            // What a leaf does not take the top does.
            if (aggregator.Slot != AggregatorEndpoint.Top || result is { Status: ForwardStatus.Refused, Refusal: RefusalReason.NotAssigned or RefusalReason.Draining })
                refused.Add(aggregator.Assignment);
            else if (!isSuperseded)
                await PauseAsync(view.Changed, context.RequestAborted);
        }
    }

    /// <summary>The federation once it has an aggregator that did not refuse, once none will come, or when the patience is over.</summary>
    private async Task<FederationView> AwaitAggregatorAsync(FederationState state, string? slot, HashSet<string> refused, long since, CancellationToken cancel)
    {
        var isWaiting = false;
        try
        {
            while (true)
            {
                var view = state.Look();
                var left = options.AggregatorPatience - time.GetElapsedTime(since);
                if (view.Find(slot, refused) is not null || left <= TimeSpan.Zero || FederationAnswers.Refuse(view.Federation) is not null)
                    return view;
                if (!isWaiting)
                    metrics.OnFederationWaiting(1);
                isWaiting = true;
                await view.Changed.WaitAsync(left, time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                cancel.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            if (isWaiting)
                metrics.OnFederationWaiting(-1);
        }
    }

    private async Task<Refusal?> WithoutAggregatorAsync(HttpContext context, FederationTarget target, FederationView view)
    {
        if (!FederationAnswers.IsFinished(view.Federation) || !target.IsTask || !HttpMethods.IsGet(context.Request.Method))
            return FederationAnswers.Refuse(view.Federation) ?? FederationAnswers.NoAggregator(view.Federation, options.AggregatorPatience);
        await FederationAnswers.WriteFinishedAsync(context.Response, view.Federation);
        return null;
    }

    private async Task<ForwardResult> AttemptAsync(
        HttpContext context, AggregatorEndpoint aggregator, FederationTarget target, RequestBody? body, CancellationToken timeout)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, aggregator.Superseded, timeout);
        using var deadline = Deadline.Start(Timeout.InfiniteTimeSpan, time, ended.Token);
        return await forwarder.SendAsync(context, new(aggregator.Address, target.PathAndQuery, null, aggregator.Assignment), body, null, deadline);
    }

    private async Task PauseAsync(Task changed, CancellationToken cancel) =>
        await changed.WaitAsync(RedialAfter, time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private RequestBody? MakeBody(HttpContext context)
    {
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: true })
            return null;
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = options.MaxUpdateBytes;
        return new(context.Request.BodyReader, options.ReplayBytes);
    }

    private static bool ShouldRetry(ForwardStatus status) => status is ForwardStatus.Refused or ForwardStatus.DialFailed or ForwardStatus.Broken;

    private Refusal? ToRefusal(ForwardResult result, HttpContext context, AggregatorEndpoint aggregator, bool isTimeUp) => result.Status switch
    {
        ForwardStatus.Answered => null,
        _ when context.RequestAborted.IsCancellationRequested && result.Status != ForwardStatus.AnswerBroken => new(Outcome.CallerGone, "the client went away"),
        ForwardStatus.BodyFailed when result.Error is BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } tooLarge =>
            new(Outcome.BodyTooLarge, tooLarge.Message),
        ForwardStatus.BodyFailed when result.Error is BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout } =>
            new(Outcome.BodyTooSlow, $"the body came with less than {options.MinUpdateBytesPerSecond} bytes a second, and nothing of it is kept: send it again over a better connection"),
        ForwardStatus.BodyFailed => new(Outcome.InvalidBody, $"the body could not be read: {result.Error?.Message}"),
        ForwardStatus.AnswerBroken => new(Outcome.AnswerBroken, $"aggregator \"{aggregator.Name}\" broke off within its answer: {result.Error?.Message}"),
        _ when isTimeUp => new(Outcome.Timeout, $"no answer within {options.FederationTimeout.TotalSeconds} s: aggregator \"{aggregator.Name}\" was asked and has not answered"),
        ForwardStatus.InvalidAnswer => new(Outcome.WorkerFailed, $"aggregator \"{aggregator.Name}\" answered against HTTP's rules: {result.Error?.Message}"),
        _ => new(Outcome.NoAggregator,
            $"aggregator \"{aggregator.Name}\" was lost before it answered, and the gateway cannot repeat the request: send it again", TimeSpan.FromSeconds(1)),
    };

    private async Task RefuseAsync(HttpContext context, string id, Refusal refusal)
    {
        Log.Refused(log, id, refusal.Outcome, OutcomeTable.For(refusal.Outcome).Status, refusal.Detail);
        if (refusal.Outcome == Outcome.CallerGone)
            return;
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }
        context.Response.Clear();
        if (refusal.Outcome == Outcome.Unauthorized)
            context.Response.Headers.WWWAuthenticate = "Bearer";
        await ErrorResponse.WriteAsync(context.Response, null, refusal);
    }

    private static partial class Log
    {
        [LoggerMessage(60, LogLevel.Information, "Request to federation {Federation} ended with {Outcome} ({Status}): {Detail}")]
        public static partial void Refused(ILogger logger, string federation, Outcome outcome, int status, string detail);

        [LoggerMessage(61, LogLevel.Debug, "Request to federation {Federation} on aggregator {Worker} met {Status} in attempt {Attempt} and goes on")]
        public static partial void Retrying(ILogger logger, string federation, string worker, ForwardStatus status, int attempt);

        [LoggerMessage(62, LogLevel.Error, "Request to federation {Federation} met a fault of the gateway")]
        public static partial void Faulted(ILogger logger, Exception error, string federation);
    }
}
