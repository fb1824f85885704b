using System.Net;
using Hearth.Api.Telemetry;
using Hearth.Kubernetes.Operations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace Hearth.Kubernetes.Tests.Operations;

public sealed class OperationsEndpointsTests : IAsyncLifetime
{
    private readonly PrometheusTextExporter _metrics = new();
    private readonly HttpClient _http = new();
    private readonly WebApplication _server;
    private string? _whyNotReady;

    public OperationsEndpointsTests()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.MapOperations(_metrics, () => _whyNotReady);
    }

    public async Task InitializeAsync()
    {
        await _server.StartAsync();
        _http.BaseAddress = new Uri(_server.Urls.Single());
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _http.Dispose();
        _metrics.Dispose();
    }

    [Fact]
    public async Task Healthz_Always_IsOk() => Assert.Equal("ok", await _http.GetStringAsync("/healthz"));

    [Fact]
    public async Task Metrics_Always_TellOfTheProcess()
    {
        var text = await _http.GetStringAsync("/metrics");

        foreach (var name in (string[])["process_cpu_seconds_total", "process_resident_memory_bytes", "process_start_time_seconds"])
            Assert.Matches($"(?m)^{name} [0-9.E+]*[1-9]", text);
    }

    [Fact]
    public async Task Readyz_NotReady_SaysWhy()
    {
        _whyNotReady = "the informer of pods has not synced";

        using var answer = await _http.GetAsync("/readyz");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal(_whyNotReady, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Readyz_Ready_IsOk() => Assert.Equal("ok", await _http.GetStringAsync("/readyz"));

    [Fact]
    public async Task Metrics_Always_ArePrometheusText()
    {
        using var answer = await _http.GetAsync("/metrics");

        Assert.Equal(PrometheusTextExporter.ContentType, answer.Content.Headers.ContentType!.ToString());
    }
}
