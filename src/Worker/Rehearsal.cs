using System.Globalization;
using System.Text;
using System.Text.Json;
using Hearth.Api;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Telemetry;
using Hearth.Api.Workers;
using Hearth.Worker.Devices;
using Hearth.Worker.Functions;
using Hearth.Worker.Functions.V2;
using Hearth.Worker.Models;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hearth.Worker;

/// <summary>Plays an assignment, two inferences and a release to the worker's own code before anyone waits for it.</summary>
/// <remarks>
/// The first pass through any .NET code compiles it; on a worker that pass would be a caller's cold start. The parts played with are a set
/// of their own, so that a real assignment may come meanwhile. Kestrel and the HTTP client are warmed by one request to the worker itself.
/// </remarks>
internal sealed partial class Rehearsal(
    WorkerOptions options, RuntimeHost runtime, AcceleratorHost accelerators, HttpClient http, TimeProvider time, ILogger<Rehearsal> logger)
{
    private const string Id = "rehearsal";
    private const string InferPath = $"/v2/models/{Id}/infer";
    private const string Json = """{"inputs":[{"name":"x","shape":[1],"datatype":"FP32","data":[0.5]}]}""";
    private const string BinaryHead =
        """{"parameters":{"binary_data_output":true},"inputs":[{"name":"x","shape":[1],"datatype":"FP32","parameters":{"binary_data_size":4}}]}""";

    /// <summary>Plays, once the runtime is open. Never fails: what goes wrong here costs time later, not correctness.</summary>
    public async Task PlayAsync(Uri ownUrl)
    {
        try
        {
            using (var response = await http.GetAsync(new Uri(ownUrl, "/healthz")))
                await response.Content.ReadAsByteArrayAsync();
            using var fork = await runtime.ForkAsync();
            using var exporter = new PrometheusTextExporter(nameof(Rehearsal));
            using var metrics = new WorkerMetrics(nameof(Rehearsal));
            await using var parts = new WorkerParts(options, fork, accelerators, http, exporter, metrics, Task.CompletedTask, time, NullLoggerFactory.Instance);
            await PlayAsync(parts);
        }
        catch (AssignmentException)
        {
            // No runtime: there is nothing to rehearse, and RuntimeHost has said so.
        }
        catch (Exception e)
        {
            Log.Failed(logger, e);
        }
    }

    private async Task PlayAsync(WorkerParts parts)
    {
        var directory = Directory.CreateTempSubdirectory("hearth-rehearsal-");
        try
        {
            var model = Path.Combine(directory.FullName, "identity.onnx");
            await File.WriteAllBytesAsync(model, IdentityModel.Bytes.ToArray());
            var assignment = new Assignment { Id = Id, Namespace = "hearth", Name = Id, Model = new ModelReference { Uri = $"file://{model}" } };
            await SendAsync(parts.Control.InvokeAsync, "POST", "/assignment", JsonSerializer.SerializeToUtf8Bytes(assignment, ApiJsonContext.Default.Assignment));
            await SendAsync(parts.Data.InvokeAsync, "POST", InferPath, Encoding.UTF8.GetBytes(Json));
            await SendAsync(parts.Data.InvokeAsync, "POST", InferPath, [.. Encoding.UTF8.GetBytes(BinaryHead), 0, 0, 0, 0], BinaryHead.Length);
            await SendAsync(parts.Control.InvokeAsync, "DELETE", "/assignment", []);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private async Task SendAsync(RequestDelegate endpoint, string method, string path, byte[] body, int? jsonLength = null)
    {
        var context = new DefaultHttpContext();
        context.Request.Method = method;
        context.Request.Path = path;
        context.Request.Headers.Authorization = $"Bearer {options.Token}";
        context.Request.Headers[HearthHeaders.Assignment] = Id;
        if (jsonLength is { } length)
            context.Request.Headers[InferRequestReader.JsonLengthHeader] = length.ToString(CultureInfo.InvariantCulture);
        context.Request.Body = new MemoryStream(body);
        context.Request.ContentLength = body.Length;
        context.Response.Body = new MemoryStream();
        await endpoint(context);
        if (context.Response.StatusCode != StatusCodes.Status200OK)
            Log.Answered(logger, path, context.Response.StatusCode);
    }

    private static partial class Log
    {
        [LoggerMessage(60, LogLevel.Information, "The rehearsal broke off; the first assignment will take longer")]
        public static partial void Failed(ILogger logger, Exception exception);

        [LoggerMessage(61, LogLevel.Information, "The rehearsal of {Path} was answered {Status}; the first assignment will take longer")]
        public static partial void Answered(ILogger logger, string path, int status);
    }
}
