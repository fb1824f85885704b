using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Hearth.Api.FederatedAggregations;
using Hearth.Api.Workers;
using Hearth.Compute;
using Hearth.Compute.Cpu;
using Hearth.Federation.Protocol;
using Hearth.Training.Artifacts;

namespace Hearth.Worker.Tests.Aggregators;

/// <summary>The client protocol over HTTP, with whatever clients may send.</summary>
public sealed class ClientProtocolTests
{
    private static readonly byte[] Good = FederationWorld.Update(1, 2, 3, 4, 5, 6);

    [Fact]
    public async Task Round_TwoClients_PublishesTheirWeightedAverage()
    {
        await using var world = await FederationWorld.StartAsync();
        await world.BeginAsync("a", "b");

        await FederationWorld.AcceptedAsync(world.PutAsync(1, "a", FederationWorld.Update(1, 2, 3, 4, 5, 6), examples: "30"));
        await FederationWorld.AcceptedAsync(world.PutAsync(1, "b", FederationWorld.Update(5, 6, 7, 8, 9, 10), examples: "10", chunked: true));

        var next = await world.TaskAsync("a");
        Assert.Equal((2, 1, "models/1", "models/1/model.json", "rounds/2/updates/a"), (next.Round, next.ModelVersion, next.ModelUrl, next.ManifestUrl, next.UpdateUrl));
        Assert.Equal((float[])[2, 3, 4, 5, 6, 7], await FederationWorld.WeightsAsync(world.Http, 1));
        var report = await world.RoundAsync(1);
        Assert.Equal((RoundReportState.Published, 1, next.ModelDigest), (report.State, report.ModelVersion, report.ModelDigest));
        Assert.Equal([("a", 30L), ("b", 10L)], report.Included.Select(update => (update.Client, update.Examples)));
        Assert.Empty(world.Leftovers());
    }

    [Fact]
    public async Task Update_SentAgain_IsAcceptedAndCountsOnce()
    {
        await using var world = await FederationWorld.StartAsync();
        await world.BeginAsync("a", "b");

        await FederationWorld.AcceptedAsync(world.PutAsync(1, "a", Good));
        await FederationWorld.AcceptedAsync(world.PutAsync(1, "a", Good));
        var other = await FederationWorld.RefusedAsync(HttpStatusCode.Conflict, world.PutAsync(1, "a", FederationWorld.Update(0, 0, 0, 0, 0, 0)));

        Assert.Equal(ErrorCodes.OtherUpdate, other.ErrorCode);
        Assert.StartsWith("Client 'a' has sent another update for round 1, with SHA-256 ", other.Message, StringComparison.Ordinal);
        Assert.Single((await world.RoundAsync(1)).Received);
        await FederationWorld.AcceptedAsync(world.PutAsync(1, "b", Good));
        await world.TaskAsync("b");
        // Whoever did not hear the answer asks again, even behind the round's end.
        await FederationWorld.AcceptedAsync(world.PutAsync(1, "a", Good));
        Assert.Equal((float[])[1, 2, 3, 4, 5, 6], await FederationWorld.WeightsAsync(world.Http, 1));
    }

    [Fact]
    public async Task Update_ThatIsNoneOfTheModel_IsRefusedWithEveryFault()
    {
        await using var world = await FederationWorld.StartAsync();
        await world.BeginAsync("a", "b");

        var strange = await RefusedAsync(FederationWorld.Tensors(("0.weight", DataType.F32, [4], [1, 2, 3, 4]), ("1.bias", DataType.F32, [2], [1, 2])));
        Assert.Equal(
            ["tensor \"0.bias\" is missing, expected F32[2]", "tensor \"0.weight\" is F32[4], expected F32[2,2]", "tensor \"1.bias\" belongs to no layer of the model"],
            strange.Faults!.Order(StringComparer.Ordinal));
        Assert.StartsWith("The body is no update of this model: tensor ", strange.Message, StringComparison.Ordinal);

        var half = await RefusedAsync(FederationWorld.Tensors(("0.weight", DataType.F16, [2, 2], []), ("0.bias", DataType.F64, [2], [])));
        Assert.Equal(["tensor \"0.bias\" is F64[2], expected F32[2]", "tensor \"0.weight\" is F16[2,2], expected F32[2,2]"], half.Faults!.Order(StringComparer.Ordinal));

        var nan = await RefusedAsync(FederationWorld.Update(1, float.NaN, 3, 4, float.PositiveInfinity, float.NegativeInfinity));
        Assert.Equal(["tensor \"0.bias\" has 2 values that are NaN or infinite", "tensor \"0.weight\" has 1 values that are NaN or infinite"], nan.Faults!);

        Assert.Contains("8", (await RefusedAsync([])).Message, StringComparison.Ordinal);
        await RefusedAsync(FederationWorld.Raw("""{"0.weight":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},"0.bias":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}""", 16));
        await RefusedAsync(FederationWorld.Raw("""{"0.weight":{"dtype":"F32","shape":[9223372036854775807,9223372036854775807],"data_offsets":[0,16]}}""", 16));
        await RefusedAsync([.. BitConverter.GetBytes(long.MaxValue), 1, 2, 3]);

        var digest = await FederationWorld.RefusedAsync(HttpStatusCode.UnprocessableEntity, world.PutAsync(1, "a", Good, ContentDigest.Format(new string('a', 64))));
        Assert.Equal(ErrorCodes.Digest, digest.ErrorCode);
        Assert.Empty((await world.RoundAsync(1)).Received);
        Assert.Empty(world.Leftovers());
        await world.UntilAsync(line => line.Federation!.Rejected == 8 && line.Federation.LastRefusal == $"round 1, client 'a': {digest.Message}");

        async Task<ErrorAnswer> RefusedAsync(byte[] body)
        {
            var answer = await FederationWorld.RefusedAsync(HttpStatusCode.UnprocessableEntity, world.PutAsync(1, "a", body));
            Assert.Equal(ErrorCodes.Update, answer.ErrorCode);
            return answer;
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Update_LongerThanAnyOfTheModel_IsRefused(bool chunked)
    {
        await using var world = await FederationWorld.StartAsync();
        await world.BeginAsync("a", "b");

        var refused = await FederationWorld.RefusedAsync(HttpStatusCode.RequestEntityTooLarge, world.PutAsync(1, "a", new byte[200_000], chunked: chunked));

        Assert.Equal(ErrorCodes.TooLarge, refused.ErrorCode);
        Assert.Contains("65560 bytes that an update of this model can have", refused.Message, StringComparison.Ordinal);
        Assert.Empty(world.Leftovers());
    }

    [Fact]
    public async Task Update_OfAnotherClientOrRound_IsRefused()
    {
        await using var world = await FederationWorld.StartAsync(spec => spec.Clients.Selection = ClientSelection.Random);
        await world.BeginAsync("a", "b");
        await world.JoinAsync("late");

        Assert.Equal(ErrorCodes.UnknownClient, (await FederationWorld.RefusedAsync(HttpStatusCode.NotFound, world.PutAsync(1, "stranger", Good))).ErrorCode);
        Assert.Equal(ErrorCodes.NotSelected, (await FederationWorld.RefusedAsync(HttpStatusCode.Conflict, world.PutAsync(1, "late", Good))).ErrorCode);
        Assert.Equal(ErrorCodes.UnknownRound, (await FederationWorld.RefusedAsync(HttpStatusCode.NotFound, world.PutAsync(2, "a", Good))).ErrorCode);
        Assert.Equal(ErrorCodes.UnknownRound, (await FederationWorld.RefusedAsync(HttpStatusCode.NotFound, world.PutAsync(0, "a", Good))).ErrorCode);
        await FederationWorld.AcceptedAsync(world.PutAsync(1, "a", Good));
        await FederationWorld.AcceptedAsync(world.PutAsync(1, "b", Good));
        await world.TaskAsync("late");
        var closed = await FederationWorld.RefusedAsync(HttpStatusCode.Gone, world.PutAsync(1, "late", Good));
        Assert.Equal("Round 1 takes no updates any more. Ask for a task, and train for the round it names.", closed.Message);
    }

    [Theory]
    [InlineData("-1", null)]
    [InlineData("0", null)]
    [InlineData("many", null)]
    [InlineData(null, null)]
    [InlineData("99999999999999999", null)]
    [InlineData("10", "")]
    [InlineData("10", "sha-256=:AAAA:")]
    [InlineData("10", "sha-512=:AAAA:")]
    [InlineData("10", "sha-256=:????:")]
    public async Task Update_WithOtherHeaders_IsRefused(string? examples, string? digest)
    {
        await using var world = await FederationWorld.StartAsync();
        await world.BeginAsync("a", "b");

        var refused = await FederationWorld.RefusedAsync(HttpStatusCode.BadRequest, world.PutAsync(1, "a", Good, digest, examples));

        Assert.Contains(digest is null ? FederationHeaders.Examples : FederationHeaders.ContentDigest, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Update_OfAClientThatStopsHalfway_LeavesNothing()
    {
        await using var world = await FederationWorld.StartAsync();
        await world.BeginAsync("a", "b");
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(world.Http.BaseAddress!.Host, world.Http.BaseAddress.Port);
            var head = $"PUT /rounds/1/updates/a HTTP/1.1\r\nHost: x\r\nHearth-Examples: 1\r\nContent-Digest: {ContentDigest.Format(new string('a', 64))}\r\nContent-Length: 200\r\n\r\n";
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head + new string('x', 100)));
        }
        await world.UntilAsync(line => line.Federation!.LastRefusal?.StartsWith("round 1, client 'a': The ", StringComparison.Ordinal) == true);

        await FederationWorld.AcceptedAsync(world.PutAsync(1, "a", Good));
        await FederationWorld.AcceptedAsync(world.PutAsync(1, "b", Good));

        Assert.Equal(1, (await world.TaskAsync("a")).ModelVersion);
        await world.Worker.Control.DeleteAsync("/assignment");
        Assert.Empty(world.Leftovers());
    }

    [Fact]
    public async Task Update_OfMutatedBytes_IsAcceptedOrRefusedAndNeverFoldedWhereRefused()
    {
        await using var world = await FederationWorld.StartAsync(spec => (spec.Clients.MinPerRound, spec.Clients.MaxPerRound) = (2, 1000));
        await world.BeginAsync("a", "b");
        var random = new Random(7);
        List<string> accepted = [];

        for (var i = 0; i < 150; i++)
        {
            var client = $"f{i}";
            await world.JoinAsync(client);
            using var response = await world.PutAsync(1, client, Mutate(Good, random));
            Assert.True(
                response.StatusCode is HttpStatusCode.Accepted or HttpStatusCode.UnprocessableEntity or HttpStatusCode.RequestEntityTooLarge,
                $"Mutation {i}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
            if (response.StatusCode == HttpStatusCode.Accepted)
                accepted.Add(client);
        }

        var report = await world.RoundAsync(1);
        Assert.Equal(accepted.Order(StringComparer.Ordinal), report.Received.Select(update => update.Client).Order(StringComparer.Ordinal));
        Assert.InRange(accepted.Count, 1, 149);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[1]")]
    [InlineData("""{"id":null}""")]
    [InlineData("""{"id":"../etc","examples":1}""")]
    [InlineData("""{"id":"","examples":1}""")]
    [InlineData("""{"id":"a","examples":-1}""")]
    [InlineData("""{"id":"a","examples":1e30}""")]
    public async Task Join_OfWhatIsNoClient_IsRefused(string body)
    {
        await using var world = await FederationWorld.StartAsync();

        var refused = await FederationWorld.RefusedAsync(HttpStatusCode.BadRequest, world.Http.PostAsync("/clients", new StringContent(body)));

        Assert.Equal(ErrorCodes.Request, refused.ErrorCode);
    }

    [Fact]
    public async Task Join_WithAnEndlessBody_IsRefused()
    {
        await using var world = await FederationWorld.StartAsync();

        await FederationWorld.RefusedAsync(HttpStatusCode.BadRequest, world.Http.PostAsync("/clients", new StringContent($$"""{"id":"a","x":"{{new string('x', 100_000)}}"}""")));
    }

    [Fact]
    public async Task Task_OfWhoeverAsks_IsAnswered()
    {
        await using var world = await FederationWorld.StartAsync();

        Assert.Equal(ErrorCodes.UnknownClient, (await FederationWorld.RefusedAsync(HttpStatusCode.NotFound, world.Http.GetAsync("/task?client=a&wait=0s"))).ErrorCode);
        await FederationWorld.RefusedAsync(HttpStatusCode.BadRequest, world.Http.GetAsync("/task?client=a%2Fb"));
        await FederationWorld.RefusedAsync(HttpStatusCode.BadRequest, world.Http.GetAsync("/task"));
        await FederationWorld.RefusedAsync(HttpStatusCode.BadRequest, world.Http.GetAsync("/task?client=a&wait=soon"));
        await world.JoinAsync("a");
        using var nothing = await world.Http.GetAsync("/task?client=a&wait=0s");
        Assert.Equal(HttpStatusCode.NoContent, nothing.StatusCode);
    }

    [Theory]
    [InlineData("GET", "/nowhere", HttpStatusCode.NotFound)]
    [InlineData("GET", "/models/7", HttpStatusCode.NotFound)]
    [InlineData("GET", "/models/-1", HttpStatusCode.BadRequest)]
    [InlineData("GET", "/models/0/weights", HttpStatusCode.NotFound)]
    [InlineData("GET", "/rounds/7", HttpStatusCode.NotFound)]
    [InlineData("GET", "/rounds/x", HttpStatusCode.BadRequest)]
    [InlineData("DELETE", "/models/0", HttpStatusCode.MethodNotAllowed)]
    [InlineData("POST", "/rounds/1/updates/a", HttpStatusCode.MethodNotAllowed)]
    public async Task Request_ForWhatIsNotThere_IsRefused(string method, string path, HttpStatusCode expected)
    {
        await using var world = await FederationWorld.StartAsync();

        var refused = await FederationWorld.RefusedAsync(expected, world.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), path)));

        Assert.NotEmpty(refused.Message);
        Assert.StartsWith("ERR_FEDERATION_", refused.ErrorCode, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Model_AskedForInParts_IsAnsweredInParts()
    {
        await using var world = await FederationWorld.StartAsync();
        using var whole = await world.Http.GetAsync("/models/0");
        var bytes = await whole.Content.ReadAsByteArrayAsync();
        var tag = whole.Headers.ETag!;

        Assert.Equal(HttpStatusCode.NotModified, (await GetAsync(request => request.Headers.IfNoneMatch.Add(tag))).Status);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(request => request.Headers.IfNoneMatch.Add(new("\"other\"")))).Status);
        Part(bytes[10..20], await GetAsync(request => request.Headers.Range = new RangeHeaderValue(10, 19)));
        Part(bytes[10..], await GetAsync(request => request.Headers.Range = new RangeHeaderValue(10, null)));
        Part(bytes[^5..], await GetAsync(request => request.Headers.Range = new RangeHeaderValue(null, 5)));
        Part(bytes[10..], await GetAsync(request =>
        {
            request.Headers.Range = new RangeHeaderValue(10, null);
            request.Headers.IfRange = new RangeConditionHeaderValue(tag);
        }));
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(request =>
        {
            request.Headers.Range = new RangeHeaderValue(10, null);
            request.Headers.IfRange = new RangeConditionHeaderValue(new EntityTagHeaderValue("\"other\""));
        })).Status);
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, (await GetAsync(request => request.Headers.Range = new RangeHeaderValue(100_000, null))).Status);
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, (await GetAsync(request => request.Headers.Range = new RangeHeaderValue(null, 0))).Status);

        async Task<(HttpStatusCode Status, byte[] Body)> GetAsync(Action<HttpRequestMessage> change)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/models/0");
            change(request);
            using var response = await world.Http.SendAsync(request);
            return (response.StatusCode, await response.Content.ReadAsByteArrayAsync());
        }

        static void Part(byte[] expected, (HttpStatusCode Status, byte[] Body) actual)
        {
            Assert.Equal(HttpStatusCode.PartialContent, actual.Status);
            Assert.Equal(expected, actual.Body);
        }
    }

    [Fact]
    public async Task Federation_AfterItsLastRound_HasSucceededAndServesItsModel()
    {
        await using var world = await FederationWorld.StartAsync();
        await world.BeginAsync("a", "b");
        for (var round = 1; round <= 2; round++)
        {
            await FederationWorld.AcceptedAsync(world.PutAsync(round, "a", FederationWorld.Update(1, 2, 3, 4, 5, round)));
            await FederationWorld.AcceptedAsync(world.PutAsync(round, "b", FederationWorld.Update(1, 2, 3, 4, 5, round)));
            await world.TaskAsync("a");
        }

        var finished = await world.TaskAsync("a");
        var progress = await world.UntilAsync(line => line.State is not (AssignmentState.Ready or AssignmentState.Running));

        Assert.Equal((ClientTaskState.Finished, 2), (finished.State, finished.ModelVersion));
        Assert.Equal((AssignmentState.Succeeded, 100), (progress.State, progress.Percent));
        Assert.Equal((2, RoundPhase.Published, 4L, 4L, finished.ModelDigest), (progress.Federation!.Round, progress.Federation.Phase, progress.Federation.Received, progress.Federation.Folded, progress.Federation.ModelDigest));
        using var accelerator = new CpuAccelerator();
        using var network = ModelArtifact.Load(world.Output, accelerator);
        var values = new float[6];
        accelerator.DefaultStream.CopyToCPU(network.Values, values.AsSpan());
        Assert.Equal([1, 2, 3, 4, 5, 2], values);
        using var released = await world.Worker.Control.DeleteAsync("/assignment");
        Assert.Equal(HttpStatusCode.OK, released.StatusCode);
    }

    private static byte[] Mutate(byte[] content, Random random)
    {
        var mutated = content.ToArray();
        switch (random.Next(4))
        {
            case 0:
                return mutated[..random.Next(mutated.Length)];
            case 1:
                return [.. mutated, .. new byte[random.Next(1, 50)]];
            case 2:
                (mutated[random.Next(8, mutated.Length)], mutated[random.Next(8, mutated.Length)]) = ((byte)random.Next(32, 127), (byte)random.Next(256));
                return mutated;
            default:
                mutated[random.Next(mutated.Length)] ^= (byte)(1 << random.Next(8));
                return mutated;
        }
    }
}
