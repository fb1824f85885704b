using Hearth.Gateway.Forwarding;
using Hearth.Gateway.Functions;
using Hearth.Gateway.Invocation;

namespace Hearth.Gateway.Tests.Functions;

/// <summary>What a gateway does when the requests that wait for its functions fill it.</summary>
public sealed class WaitingRoomTests
{
    private const long One = CallTerms.HeadBytes;

    [Fact]
    public async Task Acquire_OneFunctionFloods_OthersGetAllTheyAskFor()
    {
        using var gateway = new StateHarness(capacity: 12 * One);
        var flooding = await MakeBusyAsync(gateway, "flooding");
        var modest = await MakeBusyAsync(gateway, "modest");
        var flood = AskMany(gateway, flooding, 100);

        var asked = AskMany(gateway, modest, 3);

        Assert.All(asked, request => Assert.False(request.IsCompleted));
        Assert.Equal((9 * One, 3 * One), (gateway.Room.HeldBy(flooding), gateway.Room.HeldBy(modest)));
        Assert.Equal(9, flood.Count(request => !request.IsCompleted));
        foreach (var request in flood.Where(request => request.IsCompleted))
            Assert.Equal(Outcome.GatewayFull, (await request).Refusal!.Outcome);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Acquire_DemandsInRandomOrder_SharesAreMaxMinFair(int seed)
    {
        const int Capacity = 60;
        using var gateway = new StateHarness(Capacity * One);
        var random = new Random(seed);
        var demands = Enumerable.Range(0, 8).Select(_ => random.Next(1, 30)).ToArray();
        var functions = new List<FunctionState>();
        for (var i = 0; i < demands.Length; i++)
            functions.Add(await MakeBusyAsync(gateway, $"f{i}"));
        var requests = demands.SelectMany((demand, i) => Enumerable.Repeat(i, demand)).ToArray();
        random.Shuffle(requests);

        foreach (var i in requests)
            _ = gateway.AskAsync(functions[i]);

        var fair = MaxMin(demands, Capacity);
        Assert.All(functions.Select((function, i) => (gateway.Room.HeldBy(function) / One) - fair[i]), difference => Assert.InRange(difference, -1, 1));
        Assert.Equal(Math.Min(Capacity, demands.Sum()) * One, gateway.Room.Held);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Acquire_RandomSizesAndPriorities_OnlyTheLargestGiveWay(int seed)
    {
        const long Capacity = 60 * One;
        using var gateway = new StateHarness(Capacity);
        var random = new Random(seed);
        var functions = new List<FunctionState>();
        for (var i = 0; i < 8; i++)
            functions.Add(await MakeBusyAsync(gateway, $"f{i}"));
        for (var i = 0; i < 1500; i++)
        {
            var function = functions[(int)(functions.Count * random.NextDouble() * random.NextDouble())];
            var before = functions.ToDictionary(f => f, gateway.Room.HeldBy);
            var bytes = One + random.Next((int)One);

            var request = gateway.AskAsync(function, (Priority)random.Next(3), bytes: bytes);

            Assert.True(gateway.Room.Held <= Capacity);
            // To within requests of the largest size, two of which one may put out.
            if (request.IsCompleted && gateway.Room.HeldBy(function) == before[function])
                Assert.All(before.Values, held => Assert.True(held <= before[function] + bytes + (2 * One)));
            foreach (var other in functions.Where(f => f != function && gateway.Room.HeldBy(f) < before[f]))
                Assert.All(before.Values, held => Assert.True(held <= before[other] + (4 * One)));
        }
    }

    [Fact]
    public async Task GiveWay_MixedPriorities_TheLatestOfTheLowestGoes()
    {
        using var gateway = new StateHarness(capacity: 4 * One);
        var flooding = await MakeBusyAsync(gateway, "flooding");
        var modest = await MakeBusyAsync(gateway, "modest");
        var high = gateway.AskAsync(flooding, Priority.High);
        var low = gateway.AskAsync(flooding, Priority.Low);
        var later = gateway.AskAsync(flooding, Priority.Low);
        var normal = gateway.AskAsync(flooding);

        var other = gateway.AskAsync(modest);

        Assert.Equal(Outcome.GatewayFull, (await later.WaitAsync(StateHarness.Patience)).Refusal!.Outcome);
        Assert.All([high, low, normal, other], request => Assert.False(request.IsCompleted));
    }

    [Fact]
    public async Task Release_AllAreServed_RoomIsEmptyAgain()
    {
        using var gateway = new StateHarness(capacity: 10 * One);
        var function = gateway.MakeServing("fn");
        var held = await gateway.AskAsync(function);
        var waiting = AskMany(gateway, function, 20);

        foreach (var request in waiting.Take(10))
        {
            function.Release(held.Worker!, new(ForwardStatus.Answered), TimeSpan.FromMilliseconds(1));
            held = await request.WaitAsync(StateHarness.Patience);
            Assert.NotNull(held.Worker);
        }

        Assert.Equal(0, gateway.Room.Held);
        foreach (var request in waiting.Skip(10))
            Assert.Equal(Outcome.GatewayFull, (await request).Refusal!.Outcome);
    }

    private static async Task<FunctionState> MakeBusyAsync(StateHarness gateway, string name)
    {
        var state = gateway.MakeServing(name);
        await gateway.AskAsync(state).WaitAsync(StateHarness.Patience);
        return state;
    }

    private static Task<Admission>[] AskMany(StateHarness gateway, FunctionState function, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => gateway.AskAsync(function))];

    /// <summary>Fills all to one level, but nobody beyond its demand.</summary>
    private static int[] MaxMin(int[] demands, int capacity)
    {
        var shares = new int[demands.Length];
        for (var left = Math.Min(capacity, demands.Sum()); left > 0; left--)
            shares[Enumerable.Range(0, shares.Length).Where(i => shares[i] < demands[i]).MinBy(i => shares[i])]++;
        return shares;
    }
}
