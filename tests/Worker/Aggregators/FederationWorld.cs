using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Hearth.Api;
using Hearth.Api.FederatedAggregations;
using Hearth.Api.Models;
using Hearth.Api.Workers;
using Hearth.Compute;
using Hearth.Compute.Safetensors;
using Hearth.Federation.Protocol;

namespace Hearth.Worker.Tests.Aggregators;

/// <summary>A worker that is the aggregator of a small federation: two inputs, two classes, six weights.</summary>
internal sealed class FederationWorld : IAsyncDisposable
{
    public FederationWorld(TestWorker worker) => Worker = worker;

    public TestWorker Worker { get; }

    public HttpClient Http => Worker.Data;

    public string Output => Path.Combine(Worker.Directory, "out");

    public static async Task<FederationWorld> StartAsync(Action<FederatedAggregationSpec>? change = null)
    {
        var world = new FederationWorld(await TestWorker.StartAsync());
        await world.Worker.ServeAsync(world.Describe(change));
        return world;
    }

    public static async Task<FederationWorld> StartIdleAsync() => new(await TestWorker.StartAsync());

    public Assignment Describe(Action<FederatedAggregationSpec>? change = null, string id = "a1", string uid = "u1")
    {
        var spec = new FederatedAggregationSpec
        {
            Architecture = new ArchitectureSpec { Kind = ArchitectureKind.SoftmaxRegression, InputShape = [2], Classes = ["no", "yes"] },
            Rounds = 2,
            Clients = new ClientsSpec { MinPerRound = 2, MaxPerRound = 2 },
            Output = new FederationOutput { Uri = $"file://{Output}" },
        };
        change?.Invoke(spec);
        return new Assignment { Id = id, Role = WorkerRole.Aggregator, Namespace = "default", Name = "fa", Uid = uid, Federation = spec };
    }

    public async Task JoinAsync(params string[] clients)
    {
        foreach (var client in clients)
        {
            using var response = await Http.PostAsync("/clients", JsonContent.Create(new JoinRequest { Id = client, Examples = 10 }, ProtocolJsonContext.Default.JoinRequest));
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }

    public async Task<ClientTask> TaskAsync(string client)
    {
        using var response = await Http.GetAsync($"/task?client={client}&wait=50s");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync(ProtocolJsonContext.Default.ClientTask))!;
    }

    /// <summary>Lets clients join and waits until the round asks them.</summary>
    public async Task BeginAsync(params string[] clients)
    {
        await JoinAsync(clients);
        foreach (var client in clients)
            Assert.Equal(ClientTaskState.Train, (await TaskAsync(client)).State);
    }

    public Task<HttpResponseMessage> PutAsync(int round, string client, byte[] body, string? digest = null, string? examples = "10", bool chunked = false)
    {
        HttpContent content = chunked ? new StreamContent(new Unseekable(body)) : new ByteArrayContent(body);
        if (digest != "")
            content.Headers.TryAddWithoutValidation(FederationHeaders.ContentDigest, digest ?? ContentDigest.Format(Convert.ToHexStringLower(SHA256.HashData(body))));
        var request = new HttpRequestMessage(HttpMethod.Put, $"/rounds/{round}/updates/{client}") { Content = content };
        if (examples is not null)
            request.Headers.TryAddWithoutValidation(FederationHeaders.Examples, examples);
        request.Headers.Add(HearthHeaders.Assignment, "a1");
        return Http.SendAsync(request);
    }

    /// <summary>Sends what must be refused, and answers why.</summary>
    public static async Task<ErrorAnswer> RefusedAsync(HttpStatusCode expected, Task<HttpResponseMessage> answer)
    {
        using var response = await answer;
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(expected == response.StatusCode, $"{(int)response.StatusCode}: {text}");
        return JsonSerializer.Deserialize(text, ProtocolJsonContext.Default.ErrorAnswer)!;
    }

    public static async Task AcceptedAsync(Task<HttpResponseMessage> answer)
    {
        using var response = await answer;
        Assert.True(response.StatusCode == HttpStatusCode.Accepted, $"{(int)response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
    }

    public async Task<RoundReport> RoundAsync(int round) => (await Http.GetFromJsonAsync($"/rounds/{round}", ProtocolJsonContext.Default.RoundReport))!;

    /// <summary>The worker's latest line.</summary>
    public async Task<AssignmentProgress> LatestAsync() => (await Worker.Control.GetFromJsonAsync("/assignment", ApiJsonContext.Default.AssignmentProgress))!;

    /// <summary>The worker's first line of which that holds.</summary>
    public async Task<AssignmentProgress> UntilAsync(Func<AssignmentProgress, bool> holds)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (true)
        {
            var line = await LatestAsync();
            if (holds(line))
                return line;
            Assert.False(patience.IsCancellationRequested, $"Still {line}");
        }
    }

    public string[] Leftovers() =>
        Directory.Exists(Output) ? [.. Directory.EnumerateFiles(Output, "*", SearchOption.AllDirectories).Where(path => path.EndsWith(".tmp", StringComparison.Ordinal))] : [];

    /// <summary>An update: a weight for each input of each class, then a bias for each class.</summary>
    public static byte[] Update(params float[] values) => Tensors(("0.weight", DataType.F32, [2, 2], values[..4]), ("0.bias", DataType.F32, [2], values[4..]));

    public static byte[] Tensors(params (string Name, DataType Type, long[] Shape, float[] Values)[] tensors)
    {
        var made = tensors.ToDictionary(tensor => tensor.Name, tensor => HostTensor.Allocate(tensor.Type, TensorShape.Of(tensor.Shape)));
        foreach (var (name, type, _, values) in tensors)
        {
            if (type == DataType.F32)
                values.CopyTo(made[name].Buffer.AsSpan<float>());
        }
        using var content = new MemoryStream();
        SafetensorsWriter.WriteAsync(content, made).GetAwaiter().GetResult();
        foreach (var tensor in made.Values)
            tensor.Dispose();
        return content.ToArray();
    }

    /// <summary>Content with a header of one's own making.</summary>
    public static byte[] Raw(string header, int dataLength)
    {
        var text = Encoding.UTF8.GetBytes(header);
        return [.. BitConverter.GetBytes((long)text.Length), .. text, .. new byte[dataLength]];
    }

    public static async Task<float[]> WeightsAsync(HttpClient http, int version)
    {
        using var tensors = SafetensorsContent.Read(await http.GetByteArrayAsync(string.Create(CultureInfo.InvariantCulture, $"/models/{version}")));
        using var weight = tensors.GetTensor("0.weight");
        using var bias = tensors.GetTensor("0.bias");
        return [.. weight.Buffer.AsSpan<float>(), .. bias.Buffer.AsSpan<float>()];
    }

    public ValueTask DisposeAsync() => Worker.DisposeAsync();

    /// <summary>A body whose length no one knows before its end.</summary>
    private sealed class Unseekable(byte[] content) : MemoryStream(content)
    {
        public override bool CanSeek => false;
    }
}
