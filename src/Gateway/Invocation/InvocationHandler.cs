using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Hearth.Api;
using Hearth.Gateway.Activations;
using Hearth.Gateway.Federations;
using Hearth.Gateway.Forwarding;
using Hearth.Gateway.Functions;
using Hearth.Gateway.Operations;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Hearth.Gateway.Invocation;

/// <summary>The request path: read the target, get a worker, forward, and again on another worker while that is safe.</summary>
/// <remarks>Runs on the server itself, without the middleware of a web application, which costs as much as the forwarding does.</remarks>
internal sealed partial class InvocationHandler(
    TargetParser parser, FunctionLookup functions, FederationHandler federations, Forwarder forwarder, HedgedDial dial, GatewayMetrics metrics, GatewayOptions options, TimeProvider time,
    ILogger<InvocationHandler> log) : IHttpApplication<DefaultHttpContext>
{
    /// <summary>Dapr's clients ask it before they invoke anything.</summary>
    private const string DaprHealthPath = "/v1.0/healthz";

    private readonly byte[]? _token = options.DaprApiToken is { Length: > 0 } token ? Encoding.UTF8.GetBytes(token) : null;

    /// <inheritdoc/>
    public DefaultHttpContext CreateContext(IFeatureCollection contextFeatures)
    {
        // The server keeps the context with its connection, so that the next request on it allocates none.
        if (contextFeatures is not IHostContextContainer<DefaultHttpContext> container)
            return new(contextFeatures);
        var context = container.HostContext ??= new();
        context.Initialize(contextFeatures);
        return context;
    }

    /// <inheritdoc/>
    public void DisposeContext(DefaultHttpContext context, Exception? exception) => context.Uninitialize();

    /// <inheritdoc/>
    public async Task ProcessRequestAsync(DefaultHttpContext context)
    {
        var arrived = time.GetTimestamp();
        var rawTarget = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (!TakeToken(context.Request.Headers))
        {
            await RefuseAsync(context, "", new(Outcome.Unauthorized, "invalid api token"));
        }
        else if (!context.Request.Headers.ContainsKey(HearthHeaders.DaprAppId) && FederationTarget.Read(TargetParser.OriginForm(rawTarget)) is { } federation)
        {
            await federations.HandleAsync(context, federation);
        }
        else if (!parser.TryParse(rawTarget, context.Request.Headers, out var target, out var refusal))
        {
            if (rawTarget.StartsWith(DaprHealthPath, StringComparison.Ordinal))
                context.Response.StatusCode = StatusCodes.Status204NoContent;
            else
                await RefuseAsync(context, target.Id, refusal);
        }
        else if (await functions.FindAsync(target.Function, context.RequestAborted) is not { } function)
        {
            var message = $"couldn't find function \"{target.Function}\": create an InferenceFunction of that name, or see kubectl get fn -A";
            await RefuseAsync(context, target.Id, new(Outcome.FunctionNotFound, message));
        }
        else
        {
            await InvokeAsync(context, function, target, arrived);
        }
    }

    private async Task InvokeAsync(HttpContext context, RoutedFunction function, InvocationTarget target, long arrived)
    {
        var outcome = Outcome.InternalError;
        function.Enter();
        try
        {
            Refusal? refusal = context.Request.ContentLength > options.MaxBodyBytes
                ? new(Outcome.BodyTooLarge, $"the body of {context.Request.ContentLength} bytes is over the limit of {options.MaxBodyBytes}")
                : null;
            if (refusal is null && CallTermsReader.TryRead(context.Request, arrived, function.Function.Spec.Timeout, HasBody(context), out var terms, out refusal))
            {
                using var deadline = Deadline.Start(terms.Timeout, time, context.RequestAborted);
                var body = HasBody(context) ? new RequestBody(context.Request.BodyReader, options.ReplayBytes) : null;
                refusal = await ForwardAsync(context, function, target, body, terms, deadline);
                if (refusal is not null && FallbackTarget.AppliesTo(refusal.Outcome) && !IsPinned(context) && function.Function.Spec.Fallback is { } fallback)
                    refusal = await FallBackAsync(context, target, fallback, refusal, body, terms, deadline);
            }
            outcome = refusal?.Outcome ?? Outcome.Answered;
            if (refusal is not null)
                await RefuseAsync(context, target.Id, refusal);
        }
        catch (Exception e)
        {
            Log.Faulted(log, e, target.Id);
            await RefuseAsync(context, target.Id, new(Outcome.InternalError, "the gateway met a fault, which its log describes"));
        }
        finally
        {
            function.Exit();
            metrics.OnRequest(target.Function, outcome, time.GetElapsedTime(arrived));
        }
    }

    /// <summary>Has the stand-in answer; one hop at most. When it cannot take the request either, the refusal of the function that was asked for stays.</summary>
    private async Task<Refusal?> FallBackAsync(
        HttpContext context, InvocationTarget target, string fallback, Refusal refusal, RequestBody? body, CallTerms terms, Deadline deadline)
    {
        if (FallbackTarget.Of(target, fallback) is not { } other || await functions.FindAsync(other.Function, deadline.Token) is not { } function)
            return refusal;
        function.Enter();
        try
        {
            context.Response.Headers[HearthHeaders.Fallback] = fallback;
            var second = await ForwardAsync(context, function, other, body, terms, deadline);
            metrics.OnFallback(target.Function, fallback, refusal.Outcome, isAnswered: second is null);
            return second is null || !(FallbackTarget.AppliesTo(second.Outcome) || second.Outcome == Outcome.Suspended) ? second : refusal;
        }
        finally
        {
            function.Exit();
        }
    }

    /// <summary>Null when the function's answer went to the caller, otherwise what the gateway has to say.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<Refusal?> ForwardAsync(
        HttpContext context, RoutedFunction function, InvocationTarget target, RequestBody? body, CallTerms terms, Deadline deadline)
    {
        if (!TryChoose(context, function, out var revision, out var isPinned))
            return new(Outcome.RevisionNotFound, $"function \"{target.Function}\" has no such revision: see kubectl get controllerrevisions, or leave out {HearthHeaders.Revision}");
        ColdStartBreakdown? coldStart = null;
        for (var attempt = 1; ;)
        {
            Admission admission;
            try
            {
                admission = await revision.State.AcquireAsync(terms with { MayStart = revision.MayStart }, deadline.Token);
            }
            catch (OperationCanceledException)
            {
                return TimeIsUp(deadline, terms, revision.State.DescribeWait());
            }
            if (admission.Worker is not { } worker)
            {
                // The revision only stood in and has no worker left, or it does not load: the traffic is another's by now.
                var next = isPinned || admission.Refusal is { Outcome: not Outcome.ActivationFailed } ? revision : function.ChooseAgain(revision.State);
                if (admission.Refusal is { } refusal && next.State == revision.State)
                    return refusal;
                revision = next;
                continue;
            }
            coldStart ??= admission.ColdStart;
            (var result, worker) = await AttemptAsync(context, revision, worker, target, body, coldStart, deadline);
            if (!RetryPolicy.ShouldRetry(result.Status, context.Request.Method, body?.CanReplay ?? true, attempt++))
                return ToRefusal(result, context, terms, worker, deadline);
            metrics.OnRetry(result.Status == ForwardStatus.Refused ? result.Refusal.ToString() : result.Status.ToString());
            Log.Retrying(log, target.Id, worker.Name, result.Status, attempt - 1);
            revision = isPinned ? revision : function.ChooseAgain(revision.State);
        }
    }

    /// <summary>The revision that the caller names, or the traffic's next; false when there is none of the name.</summary>
    private static bool TryChoose(HttpContext context, RoutedFunction function, out RevisionChoice revision, out bool isPinned)
    {
        isPinned = IsPinned(context);
        var choice = isPinned ? function.Find(context.Request.Headers[HearthHeaders.Revision].ToString()) : function.Choose();
        revision = choice.GetValueOrDefault();
        return choice is not null;
    }

    /// <summary>Whether the caller wants one revision, and no other.</summary>
    private static bool IsPinned(HttpContext context) => context.Request.Headers.ContainsKey(HearthHeaders.Revision);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<(ForwardResult Result, WorkerEndpoint Worker)> AttemptAsync(
        HttpContext context, RevisionChoice revision, WorkerEndpoint worker, InvocationTarget target, RequestBody? body, ColdStartBreakdown? coldStart,
        Deadline deadline)
    {
        if (revision.Name is { } name)
            context.Response.Headers[HearthHeaders.Revision] = name;
        var started = time.GetTimestamp();
        var result = new ForwardResult(ForwardStatus.Cancelled);
        try
        {
            if (Forwarder.NeedsHttp2(context.Request))
                return (result = await forwarder.SendAsync(context, To(worker), body, coldStart, deadline), worker);
            (worker, var connection, var error) = await dial.ConnectAsync(revision.State, worker, deadline.Token);
            result = connection is null
                ? Forwarder.NotDialled(error!, deadline)
                : await forwarder.SendAsync(context, To(worker), body, coldStart, deadline, connection);
            return (result, worker);
        }
        finally
        {
            revision.State.Release(worker, result, time.GetElapsedTime(started));
        }

        ForwardDestination To(WorkerEndpoint worker) => new(worker.Address, target.PathAndQuery, target.Id, worker.AssignmentHeader);
    }

    private static Refusal? ToRefusal(
        ForwardResult result, HttpContext context, CallTerms terms, WorkerEndpoint worker, Deadline deadline) => result.Status switch
        {
            ForwardStatus.Answered => null,
            ForwardStatus.AnswerBroken when deadline.IsCallerGone => new(Outcome.CallerGone, "the caller went away"),
            ForwardStatus.AnswerBroken => new(Outcome.AnswerBroken, $"worker \"{worker.Name}\" broke off within its answer: {result.Error?.Message}"),
            ForwardStatus.Cancelled => TimeIsUp(deadline, terms, $"worker \"{worker.Name}\" was asked and has not answered"),
            ForwardStatus.BodyFailed when context.RequestAborted.IsCancellationRequested => new(Outcome.CallerGone, "the caller went away"),
            ForwardStatus.BodyFailed when result.Error is BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } tooLarge =>
                new(Outcome.BodyTooLarge, tooLarge.Message),
            ForwardStatus.BodyFailed => new(Outcome.InvalidBody, $"the body could not be read: {result.Error?.Message}"),
            ForwardStatus.Refused => new(
                Outcome.WorkerFailed, $"worker \"{worker.Name}\" refused ({result.Refusal}) after the body was sent, which is too large to send again"),
            ForwardStatus.DialFailed => new(Outcome.WorkerFailed, $"worker \"{worker.Name}\" cannot be reached: {result.Error?.Message}"),
            _ => new(Outcome.WorkerFailed, $"worker \"{worker.Name}\" broke off before it answered: {result.Error?.Message}"),
        };

    private static Refusal TimeIsUp(Deadline deadline, CallTerms terms, string state) => deadline.IsCallerGone
        ? new(Outcome.CallerGone, "the caller went away")
        : new(Outcome.Timeout, $"no answer within the timeout of {terms.Timeout.TotalSeconds} s: {state}");

    private async Task RefuseAsync(HttpContext context, string id, Refusal refusal)
    {
        var (status, _, _) = OutcomeTable.For(refusal.Outcome);
        Log.Refused(log, id, refusal.Outcome, status, refusal.Detail);
        if (refusal.Outcome == Outcome.CallerGone)
            return;
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }
        context.Response.Clear();
        await ErrorResponse.WriteAsync(context.Response, id, refusal);
    }

    /// <summary>Checks Dapr's token and takes it from the headers: it is between the caller and us.</summary>
    private bool TakeToken(IHeaderDictionary headers)
    {
        if (_token is null)
            return true;
        var given = Encoding.UTF8.GetBytes(headers[HearthHeaders.DaprApiToken].ToString());
        headers.Remove(HearthHeaders.DaprApiToken);
        return CryptographicOperations.FixedTimeEquals(given, _token);
    }

    private static bool HasBody(HttpContext context) =>
        context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true }
        && context.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true };

    private static partial class Log
    {
        [LoggerMessage(20, LogLevel.Information, "Invocation of {Function} ended with {Outcome} ({Status}): {Detail}")]
        public static partial void Refused(ILogger logger, string function, Outcome outcome, int status, string detail);

        [LoggerMessage(21, LogLevel.Debug, "Invocation of {Function} by worker {Worker} met {Status} in attempt {Attempt} and goes on")]
        public static partial void Retrying(ILogger logger, string function, string worker, ForwardStatus status, int attempt);

        [LoggerMessage(22, LogLevel.Error, "Invocation of {Function} met a fault of the gateway")]
        public static partial void Faulted(ILogger logger, Exception error, string function);
    }
}
