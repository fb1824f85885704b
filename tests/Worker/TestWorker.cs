using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Hearth.Api;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Workers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hearth.Worker.Tests;

/// <summary>A worker on loopback ports of its own, with a directory of its own.</summary>
internal sealed class TestWorker : IAsyncDisposable
{
    public const string Token = "let-me-in";

    private TestWorker(WorkerServer server, string directory)
    {
        Server = server;
        Directory = directory;
        Control = new HttpClient { BaseAddress = server.ControlUrl, Timeout = TimeSpan.FromMinutes(1) };
        Control.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        Data = new HttpClient { BaseAddress = server.DataUrl, Timeout = TimeSpan.FromMinutes(1) };
    }

    public WorkerServer Server { get; }

    public string Directory { get; }

    public HttpClient Control { get; }

    public HttpClient Data { get; }

    public static async Task<TestWorker> StartAsync(Func<WorkerOptions, WorkerOptions>? change = null, ILoggerFactory? logs = null)
    {
        var directory = System.IO.Directory.CreateTempSubdirectory("hearth-worker-").FullName;
        var options = new WorkerOptions
        {
            Address = IPAddress.Loopback,
            DataPort = 0,
            ControlPort = 0,
            Token = Token,
            CacheDirectory = Path.Combine(directory, "cache"),
            OnnxRuntimePath = Environment.GetEnvironmentVariable("HEARTH_ONNXRUNTIME"),
        };
        var server = await WorkerServer.StartAsync(change?.Invoke(options) ?? options, TimeProvider.System, logs ?? NullLoggerFactory.Instance, CancellationToken.None);
        return new TestWorker(server, directory);
    }

    /// <summary>Writes a model and describes the assignment that serves it.</summary>
    public Assignment Describe(byte[] model, string id = "a1", int concurrency = 0, long maxBodyBytes = 0)
    {
        var path = Path.Combine(Directory, $"{Guid.NewGuid():N}.onnx");
        File.WriteAllBytes(path, model);
        return Describe($"file://{path}") with { Id = id, Concurrency = concurrency, MaxBodyBytes = maxBodyBytes };
    }

    public static Assignment Describe(string uri) =>
        new() { Id = "a1", Namespace = "default", Name = "fn", Generation = 3, Model = new ModelReference { Uri = uri } };

    public async Task<List<AssignmentProgress>> AssignAsync(Assignment assignment)
    {
        using var response = await PostAsync(assignment);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/x-ndjson", response.Content.Headers.ContentType?.MediaType);
        var text = await response.Content.ReadAsStringAsync();
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize(line, ApiJsonContext.Default.AssignmentProgress)!)];
    }

    public async Task ServeAsync(Assignment assignment)
    {
        var last = (await AssignAsync(assignment))[^1];
        Assert.True(last.State == AssignmentState.Ready, last.Failure?.Message);
    }

    public Task<HttpResponseMessage> PostAsync(Assignment assignment) =>
        Control.PostAsync("/assignment", JsonContent.Create(assignment, ApiJsonContext.Default.Assignment));

    /// <summary>Posts a request in JSON.</summary>
    public Task<HttpResponseMessage> InferAsync(string json, string? assignment = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/v2/models/fn/infer") { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        if (assignment is not null)
            request.Headers.Add(HearthHeaders.Assignment, assignment);
        return Data.SendAsync(request);
    }

    /// <summary>Posts a request whose JSON is followed by binary data.</summary>
    public Task<HttpResponseMessage> InferBinaryAsync(string json, params byte[][] binary)
    {
        var head = Encoding.UTF8.GetBytes(json);
        var content = new ByteArrayContent([.. head, .. binary.SelectMany(part => part)]);
        content.Headers.Add("Inference-Header-Content-Length", head.Length.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return Data.PostAsync("/v2/models/fn/infer", content);
    }

    public async ValueTask DisposeAsync()
    {
        Control.Dispose();
        Data.Dispose();
        await Server.DisposeAsync();
        System.IO.Directory.Delete(Directory, recursive: true);
    }
}
