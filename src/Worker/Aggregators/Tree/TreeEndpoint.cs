using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Hearth.Compute.Accelerators;
using Hearth.Compute.Safetensors;
using Hearth.Federation;
using Hearth.Federation.Tree;
using Hearth.Transport.Shares;
using Hearth.Worker.Control;
using Hearth.Worker.Functions.V2;
using Microsoft.AspNetCore.Http;

namespace Hearth.Worker.Aggregators.Tree;

/// <summary>What an aggregator answers to the others of its federation, who show the federation's token: one that leads to its leaves, a leaf to all.</summary>
internal sealed class TreeEndpoint(BearerToken token, Aggregator? lead, LeafAggregator? leaf, TimeProvider time)
{
    private const long MaxOfferBytes = 64 << 10;
    private const long MaxRequestBytes = 64 << 20;

    /// <summary>Answers a request to one of <see cref="TreeRoutes"/>.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        if (!token.IsShownBy(context.Request))
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            await V2Json.WriteErrorAsync(context.Response, StatusCodes.Status401Unauthorized, "The bearer token is not that of the federation's aggregators.");
            return;
        }
        try
        {
            await AnswerAsync(context);
        }
        catch (Exception e) when (e is IOException or ShareException or SafetensorsFormatException or AcceleratorMemoryException)
        {
            await V2Json.WriteErrorAsync(context.Response, StatusCodes.Status503ServiceUnavailable, e.Message);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // No one is there to be told.
        }
    }

    private Task AnswerAsync(HttpContext context) => (context.Request.Method, (context.Request.Path.Value ?? "").Split('/')[2..]) switch
    {
        ("GET", ["layout"]) when lead is not null => LayoutAsync(context, lead),
        ("POST", ["rounds", var text, "updates"]) when lead is not null && IsRound(text, out var round) => OfferAsync(context, lead, round),
        ("PUT", ["place"]) when leaf is not null => PlaceAsync(context, leaf),
        ("POST", ["rounds", var text, "sums"]) when leaf is not null && IsRound(text, out var round) => SumsAsync(context, leaf, round),
        ("DELETE", ["rounds", var text]) when leaf is not null && IsRound(text, out var round) => EndAsync(context, leaf, round),
        _ => V2Json.WriteErrorAsync(
            context.Response, StatusCodes.Status404NotFound, $"An aggregator that {(lead is null ? "takes updates for another" : "leads")} does nothing for {context.Request.Method} '{context.Request.Path}'."),
    };

    private static bool IsRound(string text, out int round) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out round) && round > 0;

    private static async Task LayoutAsync(HttpContext context, Aggregator lead)
    {
        var (header, dataLength) = lead.ReadLayout();
        context.Response.Headers[TreeRoutes.DataLength] = dataLength.ToString(CultureInfo.InvariantCulture);
        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = header.Length;
        await context.Response.Body.WriteAsync(header, context.RequestAborted);
    }

    private static async Task OfferAsync(HttpContext context, Aggregator lead, int round)
    {
        var (offer, fault) = await JsonBody.ReadAsync(context, TreeJsonContext.Default.UpdateOffer, "an update's offer", MaxOfferBytes);
        if (await RefuseAsync(context, offer?.Round, round, fault))
            return;
        await WriteLineAsync(context.Response, await lead.OfferAsync(offer!), TreeJsonContext.Default.OfferAnswer);
    }

    private static async Task PlaceAsync(HttpContext context, LeafAggregator leaf)
    {
        var (place, fault) = await JsonBody.ReadAsync(context, TreeJsonContext.Default.LeafPlace, "a leaf's place", MaxOfferBytes);
        if (await RefuseAsync(context, null, null, fault))
            return;
        leaf.Place(place!);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task SumsAsync(HttpContext context, LeafAggregator leaf, int round)
    {
        var (request, fault) = await JsonBody.ReadAsync(context, TreeJsonContext.Default.SumRequest, "a request for sums", MaxRequestBytes);
        if (await RefuseAsync(context, request?.Round, round, fault))
            return;
        // Folding what is not folded yet may take long.
        await using var heartbeat = new Heartbeat(context.Response, time);
        if (context.Request.QueryString.Value == TreeRoutes.AsObject)
        {
            var answer = await leaf.FinishAsync(request!, context.RequestAborted);
            await heartbeat.DisposeAsync();
            await WriteLineAsync(context.Response, answer, TreeJsonContext.Default.SumAnswer);
            return;
        }
        await leaf.SumAsync(request!, place: null, SendAsync, context.RequestAborted);

        async Task SendAsync(SumAnswer answer, IReadOnlyList<ShareObject> sums)
        {
            await heartbeat.DisposeAsync();
            await WriteLineAsync(context.Response, answer, TreeJsonContext.Default.SumAnswer);
            if (answer.Missing.Count > 0)
                return;
            var count = new byte[sizeof(long)];
            BinaryPrimitives.WriteInt64LittleEndian(count, SumStream.CountElements(sums[0]));
            await context.Response.Body.WriteAsync(count, context.RequestAborted);
            await SumStream.WriteAsync(context.Response.Body, sums, context.RequestAborted);
        }
    }

    private static async Task EndAsync(HttpContext context, LeafAggregator leaf, int round)
    {
        await leaf.EndAsync(round, context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static async Task<bool> RefuseAsync(HttpContext context, int? round, int? expected, string? fault)
    {
        if (fault is null && round != expected)
            fault = $"The body is for round {round}, the path for round {expected}.";
        if (fault is not null)
            await V2Json.WriteErrorAsync(context.Response, StatusCodes.Status400BadRequest, fault);
        return fault is not null;
    }

    private static async Task WriteLineAsync<T>(HttpResponse response, T answer, JsonTypeInfo<T> type)
    {
        await response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(answer, type), response.HttpContext.RequestAborted);
        await response.Body.WriteAsync("\n"u8.ToArray(), response.HttpContext.RequestAborted);
    }
}
