using System.Net;
using System.Text.Json;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.Gateways;
using Hearth.Api.InferenceFunctions;
using Hearth.Kubernetes.Controllers;
using Hearth.Operator.Gateways;
using Hearth.Policies.Scaling;
using Hearth.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hearth.Operator.Tests.Gateways;

public sealed class GatewayLoadReaderTests : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(2);

    private readonly FakeInformer<V1Lease> _leases = new();
    private readonly FakeInformer<InferenceFunction> _functions = new();
    private readonly ManualTimeProvider _time = new();
    private readonly LoadHistory _history = new(new());
    private readonly FederationActivity _activity;
    private readonly Gateway _gateway = new();
    private readonly HttpClient _http;
    private readonly GatewayLoadReader _reader;
    private readonly List<ObjectKey> _woken = [];

    public GatewayLoadReaderTests()
    {
        _http = new(_gateway);
        _activity = new(_time);
        _reader = new(new(_leases, "hearth-system", _time), _functions, _history, _activity, _http, Tick, _time, NullLogger.Instance) { Enqueue = _woken.Add };
        _functions.Set(new MakeFunction("busy").Concurrency(10).Build());
        _functions.Set(new MakeFunction("quiet").Build());
        Renew();
    }

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task TickAsync_GatewayAnswers_RecordsItsLoad()
    {
        _gateway.Concurrency = 5;

        await TickAsync();

        var load = _history.Get("default", "busy", _time.GetUtcNow());
        Assert.Equal((5, LoadCoverage.Complete), (load.Average, load.Coverage));
        Assert.Equal("http://gateway:8081/load", _gateway.Asked);
    }

    [Fact]
    public async Task TickAsync_DemandUnchanged_WakesNobody()
    {
        _gateway.Concurrency = 5;
        await TickAsync();
        _woken.Clear();

        _gateway.Concurrency = 6;
        await TickAsync();

        Assert.Empty(_woken);
    }

    [Fact]
    public async Task TickAsync_DemandChanged_WakesThatFunctionOnly()
    {
        await TickAsync();
        _woken.Clear();

        _gateway.Concurrency = 50;
        await TickAsync();

        Assert.Equal([new("default", "busy")], _woken);
    }

    [Fact]
    public async Task TickAsync_GatewayFallsSilentAndItsLeaseEnds_KnowsThatItKnowsNothing()
    {
        await TickAsync();
        _gateway.IsUp = false;
        await TickAsync();
        Assert.Equal(LoadCoverage.Complete, Coverage());

        for (var i = 0; i < 9; i++)
        {
            Renew();
            await TickAsync();
        }
        Assert.Equal(LoadCoverage.Partial, Coverage());

        _time.Advance(TimeSpan.FromSeconds(16));
        await TickAsync();
        Assert.Equal(LoadCoverage.None, Coverage());
    }

    [Fact]
    public async Task TickAsync_LeaseEndedButTheGatewayAnswers_IsAlive()
    {
        await TickAsync();
        _time.Advance(TimeSpan.FromSeconds(60));

        await TickAsync();

        Assert.Equal(LoadCoverage.Complete, Coverage());
    }

    [Fact]
    public async Task TickAsync_AnswerIsNoLoad_CountsAsSilence()
    {
        _gateway.Body = "<html>";

        await TickAsync();

        Assert.Equal(LoadCoverage.Partial, Coverage());
    }

    [Fact]
    public async Task TickAsync_GatewayMoved_WakesEveryFunction()
    {
        await TickAsync();
        _woken.Clear();

        Renew("http://elsewhere");
        await TickAsync();

        Assert.Equal(2, _woken.Count);
    }

    private LoadCoverage Coverage() => _history.Get("default", "busy", _time.GetUtcNow()).Coverage;

    private async Task TickAsync()
    {
        _time.Advance(Tick);
        _gateway.Now = _time.GetUtcNow();
        await _reader.TickAsync(CancellationToken.None);
    }

    private void Renew(string url = "http://gateway") => _leases.Set(new()
    {
        Metadata = new()
        {
            Name = "gateway",
            Namespace = "hearth-system",
            ResourceVersion = _time.GetUtcNow().Ticks.ToString(System.Globalization.CultureInfo.InvariantCulture) + url,
            Annotations = new Dictionary<string, string> { [HearthAnnotations.LoadUrl] = "http://gateway:8081", [HearthAnnotations.GatewayUrl] = url },
        },
        Spec = new() { HolderIdentity = "gateway", LeaseDurationSeconds = 15 },
    });

    private sealed class Gateway : HttpMessageHandler
    {
        private double _seconds;

        public int Concurrency { get; set; }

        public DateTimeOffset Now { get; set; }

        public bool IsUp { get; set; } = true;

        public string? Body { get; set; }

        public string? Asked { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked = request.RequestUri!.ToString();
            if (!IsUp)
                throw new HttpRequestException("connection refused");
            _seconds += Concurrency * Tick.TotalSeconds;
            var load = new GatewayLoad
            {
                Gateway = "gateway-1",
                Time = Now,
                Functions = [new() { Namespace = "default", Name = "busy", Concurrency = Concurrency, ConcurrencySeconds = _seconds }],
            };
            var body = Body ?? JsonSerializer.Serialize(load, ApiJsonContext.Default.GatewayLoad);
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(body, null, "application/json") });
        }
    }
}
