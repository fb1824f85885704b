using Hearth.Compute;
using Hearth.Worker.Models;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Hearth.Worker.Functions.V2;

/// <summary>The Open Inference Protocol V2 on REST, for one loaded model.</summary>
internal sealed partial class V2Endpoint(WorkerMetrics metrics, TimeProvider time, ILogger<V2Endpoint> logger)
{
    /// <summary>Answers a request for a model; metadata, readiness or inference.</summary>
    public async Task InvokeAsync(HttpContext context, ServedModel model)
    {
        try
        {
            await RouteAsync(context, model);
        }
        catch (V2Exception e)
        {
            await V2Json.WriteErrorAsync(context.Response, e.Status, e.Message);
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            await V2Json.WriteErrorAsync(context.Response, e.StatusCode, $"The body is larger than the {model.MaxBodyBytes} bytes that this function takes.");
        }
        catch (Exception e) when (e is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            // No one is left to read an answer; the status is for the logs.
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            Log.CallerWentAway(logger, model.Description.Name);
        }
    }

    private async Task RouteAsync(HttpContext context, ServedModel model)
    {
        var route = ModelRoute.Parse(context.Request.Path.Value ?? "");
        var (name, version, _, _) = model.Description;
        if (route is null)
            throw new V2Exception(404, $"There is nothing at '{context.Request.Path}'; model '{name}' is served at /v2/models/{name}.");
        if (route.Model != name)
            throw new V2Exception(404, $"There is no model '{route.Model}'; this function serves '{name}'.");
        if (route.Version is not null && route.Version != version)
            throw new V2Exception(404, $"Model '{name}' has no version '{route.Version}'; it has '{version}'.");
        var method = route.Action == ModelAction.Infer ? HttpMethods.Post : HttpMethods.Get;
        if (!HttpMethods.Equals(context.Request.Method, method))
        {
            context.Response.Headers.Allow = method;
            throw new V2Exception(405, $"'{context.Request.Path}' takes {method}, not {context.Request.Method}.");
        }
        switch (route.Action)
        {
            case ModelAction.Metadata:
                await V2Json.WriteAsync(context.Response, 200, json => V2Json.WriteModel(json, model.Description));
                break;
            case ModelAction.Infer:
                await InferAsync(context, model);
                break;
        }
    }

    private async Task InferAsync(HttpContext context, ServedModel model)
    {
        var cancellation = context.RequestAborted;
        var start = time.GetTimestamp();
        if (context.Request.ContentLength > model.MaxBodyBytes)
            throw new V2Exception(413, $"The body has {context.Request.ContentLength} bytes, this function takes {model.MaxBodyBytes}.");
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = model.MaxBodyBytes;
        using var request = await InferRequestReader.ReadAsync(context.Request, model.Description.Signature, model.MaxBodyBytes, cancellation);
        var outputs = await RunAsync(model, request, cancellation);
        try
        {
            await InferResponseWriter.WriteAsync(context.Response, model.Description, request, outputs, cancellation);
        }
        finally
        {
            foreach (var output in outputs)
                output.Dispose();
        }
        metrics.Served(time.GetElapsedTime(start));
    }

    private async Task<HostTensor[]> RunAsync(ServedModel model, InferRequest request, CancellationToken cancellation)
    {
        try
        {
            return await model.RunAsync(request.Inputs, [.. request.Outputs.Select(output => output.Index)], cancellation);
        }
        catch (ModelRunException e) when (e.IsCallersFault)
        {
            throw V2Exception.BadRequest(e.Message);
        }
        catch (ModelRunException e)
        {
            Log.RunFailed(logger, e, model.Description.Name);
            throw new V2Exception(500, $"Model '{model.Description.Name}' failed: {e.Message}");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(30, LogLevel.Information, "{Model}: the caller went away (499)")]
        public static partial void CallerWentAway(ILogger logger, string model);

        [LoggerMessage(31, LogLevel.Error, "{Model}: a run failed")]
        public static partial void RunFailed(ILogger logger, Exception exception, string model);
    }
}
