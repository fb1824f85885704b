using System.Net.Http.Json;
using System.Text.Json;
using Hearth.Api;
using Hearth.Api.Gateways;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Meta;
using Hearth.Kubernetes.Controllers;
using Hearth.Kubernetes.Informers;
using Hearth.Policies.Scaling;
using Microsoft.Extensions.Logging;

namespace Hearth.Operator.Gateways;

/// <summary>Asks every gateway for its load at each tick, and wakes the functions for which the answers change something and the federations whose clients ask.</summary>
internal sealed partial class GatewayLoadReader(
    GatewayDirectory gateways,
    IInformer<InferenceFunction> functions,
    LoadHistory history,
    FederationActivity federations,
    HttpClient http,
    TimeSpan tick,
    TimeProvider time,
    ILogger log)
{
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(1);

    private Dictionary<ObjectKey, (double Wanted, double Panic, bool IsWholeWindow, LoadCoverage Coverage)> _demand = [];
    private string? _url;

    /// <summary>Wakes the controller of a function; set when that joins its host.</summary>
    public Action<ObjectKey> Enqueue { get; set; } = _ => { };

    /// <summary>Wakes the controller of a federation; set when that joins its host.</summary>
    public Action<ObjectKey> EnqueueFederation { get; set; } = _ => { };

    /// <summary>Reads until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(tick, time);
        try
        {
            do
                await TickAsync(cancel);
            while (await timer.WaitForNextTickAsync(cancel));
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
        }
    }

    /// <summary>Reads once.</summary>
    public async Task TickAsync(CancellationToken cancel)
    {
        var known = gateways.Refresh();
        var answers = await Task.WhenAll(known.Select(async g => (Gateway: g, Load: await AskAsync(g, cancel))));
        // A gateway that answers is alive whatever its lease says: the API server may have been away.
        var reports = answers.Where(a => a.Load is not null || a.Gateway.IsAlive).Select(a => new GatewayReport(a.Gateway.Name, a.Load)).ToArray();
        history.Record(time.GetUtcNow(), reports);
        Wake();
        foreach (var federation in federations.Record(reports))
            EnqueueFederation(federation);
    }

    private async Task<GatewayLoad?> AskAsync(GatewayLease gateway, CancellationToken cancel)
    {
        if (gateway.LoadUrl is not { } url)
            return null;
        using var deadline = new CancellationTokenSource(AnswerWithin, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, deadline.Token);
        try
        {
            return await http.GetFromJsonAsync(new Uri(url, "load"), ApiJsonContext.Default.GatewayLoad, either.Token);
        }
        catch (Exception e) when (!cancel.IsCancellationRequested && e is HttpRequestException or JsonException or OperationCanceledException)
        {
            Log.Silent(log, gateway.Name, url, e.Message);
            return null;
        }
    }

    /// <summary>Wakes the functions that may need another number of workers; all of them when the gateways' address changed.</summary>
    private void Wake()
    {
        var (now, isMoved) = (time.GetUtcNow(), _url != gateways.Url);
        var demand = new Dictionary<ObjectKey, (double, double, bool, LoadCoverage)>();
        foreach (var function in functions.List())
        {
            var key = new ObjectKey(function.Namespace(), function.Name());
            var load = history.Get(key.Namespace, key.Name, now);
            var target = TargetConcurrency.Of(function.Spec);
            demand[key] = (Math.Ceiling((load.Average ?? 0) / target), Math.Ceiling((load.Recent ?? 0) / target), load.IsWholeWindow, load.Coverage);
            if (isMoved || demand[key] != _demand.GetValueOrDefault(key))
                Enqueue(key);
        }
        (_demand, _url) = (demand, gateways.Url);
    }

    private static partial class Log
    {
        [LoggerMessage(4, LogLevel.Warning, "Gateway \"{Gateway}\" does not tell its load at {Url}: {Reason}")]
        public static partial void Silent(ILogger log, string gateway, Uri url, string reason);
    }
}
