using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.FederatedAggregations;
using Hearth.Api.Meta;
using Hearth.Api.Workers;
using Hearth.Kubernetes.Client;

namespace Hearth.Activation;

/// <summary><see cref="IWorkerControl"/> over HTTP, with the token of the pool's Secret.</summary>
/// <remarks>The token is read once per pool and read again after a worker answers 401, so that a rotated Secret is picked up.</remarks>
public sealed class HttpWorkerControl(IKubernetesClient client) : IWorkerControl, IDisposable
{
    private const string AssignmentPath = "assignment";
    private const string PlanPath = "assignment/plan";
    private const string ArtifactsPath = "artifacts";

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    private readonly PoolTokens _tokens = new(client);

    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        ConnectTimeout = ConnectTimeout,
        // A pod's address may be given to another pod later.
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(10),
    });

    /// <inheritdoc/>
    public async Task<AssignmentProgress> AssignAsync(
        V1Pod worker, Assignment assignment, Action<AssignmentProgress>? onProgress, CancellationToken cancel)
    {
        try
        {
            using var response = await SendAsync(worker, HttpMethod.Post, Serialize(assignment), cancel);
            return response.StatusCode switch
            {
                HttpStatusCode.OK => await FollowAsync(worker, assignment.Id, response, onProgress, cancel),
                HttpStatusCode.Conflict => Lost(assignment.Id, $"worker \"{worker.Name()}\" carries another assignment"),
                var status => Lost(assignment.Id, $"worker \"{worker.Name()}\" answered {(int)status} to its assignment, expected 200"),
            };
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException)
        {
            return Lost(assignment.Id, $"worker \"{worker.Name()}\" was lost during its assignment: {e.Message}");
        }
    }

    /// <inheritdoc/>
    public async Task<AssignmentProgress?> GetAsync(V1Pod worker, CancellationToken cancel)
    {
        using var response = await SendAsync(worker, HttpMethod.Get, null, cancel);
        if (response.StatusCode == HttpStatusCode.NotFound)
            return null;
        if (response.StatusCode != HttpStatusCode.OK)
            throw new HttpRequestException($"Worker \"{worker.Name()}\" answered {(int)response.StatusCode} about its assignment, expected 200 or 404.");
        await using var body = await response.Content.ReadAsStreamAsync(cancel);
        return await JsonSerializer.DeserializeAsync(body, ApiJsonContext.Default.AssignmentProgress, cancel);
    }

    /// <inheritdoc/>
    public async Task<bool> PutPlanAsync(V1Pod worker, AggregationPlan plan, CancellationToken cancel)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(plan, ApiJsonContext.Default.AggregationPlan);
        using var response = await SendAsync(worker, HttpMethod.Put, body, cancel, PlanPath);
        if (response.IsSuccessStatusCode)
            return true;
        if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed or HttpStatusCode.Conflict)
            return false;
        var reason = await response.Content.ReadAsStringAsync(cancel);
        throw new HttpRequestException($"Worker \"{worker.Name()}\" answered {(int)response.StatusCode} to its plan, expected 204: {reason}");
    }

    /// <inheritdoc/>
    public async Task<bool> ResetAsync(V1Pod worker, CancellationToken cancel)
    {
        try
        {
            using var response = await SendAsync(worker, HttpMethod.Delete, null, cancel);
            return response.StatusCode is HttpStatusCode.OK or HttpStatusCode.NoContent or HttpStatusCode.NotFound;
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public async Task<ArtifactReport?> GetArtifactsAsync(V1Pod worker, CancellationToken cancel)
    {
        try
        {
            using var response = await SendAsync(worker, HttpMethod.Get, null, cancel, ArtifactsPath);
            if (response.StatusCode != HttpStatusCode.OK)
                return null;
            await using var body = await response.Content.ReadAsStreamAsync(cancel);
            return await JsonSerializer.DeserializeAsync(body, ApiJsonContext.Default.ArtifactReport, cancel);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(
        V1Pod worker, HttpMethod method, byte[]? body, CancellationToken cancel, string path = AssignmentPath)
    {
        var response = await SendOnceAsync(worker, method, path, body, cancel);
        if (response.StatusCode != HttpStatusCode.Unauthorized)
            return response;
        _tokens.Forget(worker, response.RequestMessage!.Headers.Authorization!.Parameter!);
        response.Dispose();
        return await SendOnceAsync(worker, method, path, body, cancel);
    }

    private async Task<HttpResponseMessage> SendOnceAsync(V1Pod worker, HttpMethod method, string path, byte[]? body, CancellationToken cancel)
    {
        var control = worker.ControlUri() ?? throw new HttpRequestException($"Pod \"{worker.Name()}\" has no address, or no control port.");
        var token = await _tokens.GetAsync(worker, cancel) ?? throw new HttpRequestException(
            $"Secret \"{PoolTokens.SecretName(worker)}\" holds no control token: the operator makes it, see that it runs.");
        using var request = new HttpRequestMessage(method, new Uri(control, path));
        request.Headers.Authorization = new("Bearer", token);
        if (body is not null)
            request.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        try
        {
            return await _http.SendAsync(request, cancel);
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw new HttpRequestException($"Worker \"{worker.Name()}\" took no connection at {control} within {ConnectTimeout.TotalSeconds} s.", e);
        }
    }

    private static async Task<AssignmentProgress> FollowAsync(
        V1Pod worker, string id, HttpResponseMessage response, Action<AssignmentProgress>? onProgress, CancellationToken cancel)
    {
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(cancel), Encoding.UTF8);
        while (await lines.ReadLineAsync(cancel) is { } line)
        {
            if (line.Length == 0)
                continue;
            var progress = JsonSerializer.Deserialize(line, ApiJsonContext.Default.AssignmentProgress)!;
            onProgress?.Invoke(progress);
            if (progress.State is AssignmentState.Ready or AssignmentState.Failed)
                return progress;
        }
        return Lost(id, $"worker \"{worker.Name()}\" ended its answer before its assignment was ready or failed");
    }

    private static byte[] Serialize(Assignment assignment) => JsonSerializer.SerializeToUtf8Bytes(assignment, ApiJsonContext.Default.Assignment);

    private static AssignmentProgress Lost(string id, string message) => new()
    {
        Id = id,
        State = AssignmentState.Failed,
        Failure = new(AssignmentFailureReason.WorkerLost, message, Retriable: true),
    };
}
