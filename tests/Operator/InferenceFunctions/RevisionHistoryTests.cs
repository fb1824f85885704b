using Hearth.Api.Apps;
using Hearth.Api.Meta;
using Hearth.Operator.InferenceFunctions;
using Hearth.Policies.Revisions;
using Hearth.Testing;

namespace Hearth.Operator.Tests.InferenceFunctions;

public sealed class RevisionHistoryTests
{
    [Fact]
    public void Plan_FirstRevision_IsNumberOne()
    {
        var plan = Plan("a", 10, []);

        Assert.Equal(("fn-a", 1), (plan.Create?.Name(), plan.Create?.Revision));
    }

    [Fact]
    public void Plan_NewRevision_ComesAfterTheLast() => Assert.Equal(8, Plan("c", 10, [Stored("a", 3), Stored("b", 7)]).Create?.Revision);

    [Fact]
    public void Plan_LatestIsStored_DoesNothing()
    {
        var plan = Plan("b", 10, [Stored("a", 3), Stored("b", 7)]);

        Assert.True(plan is { Create: null, Renumber: null, Delete: [] });
    }

    [Fact]
    public void Plan_OldRevisionIsTheLatestAgain_GetsANewNumber()
    {
        var plan = Plan("a", 10, [Stored("a", 3), Stored("b", 7)]);

        Assert.Equal(("fn-a", 8), (plan.Renumber?.Name(), plan.Renumber?.Revision));
        Assert.Null(plan.Create);
    }

    [Fact]
    public void Plan_MoreThanTheLimit_DeletesTheOldestThatNobodyUses()
    {
        var stored = "abcdef".Select((name, i) => Stored(name.ToString(), i + 1)).ToArray();

        var plan = Plan("f", 2, stored, "b");

        // f is the latest and b has traffic: of the others two stay.
        Assert.Equal(["fn-c", "fn-a"], plan.Delete.Select(revision => revision.Name()));
    }

    private static RevisionHistory Plan(string latest, int limit, V1ControllerRevision[] stored, params string[] used)
    {
        var function = new MakeFunction().Stored().Build();
        function.Spec.RevisionHistoryLimit = limit;
        return RevisionHistory.Plan(function, latest, stored, used.ToHashSet());
    }

    private static V1ControllerRevision Stored(string hash, long number) => StoredRevision.Make(new MakeFunction().Stored().Build(), hash, number);
}
