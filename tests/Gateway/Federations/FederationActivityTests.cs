using Hearth.Gateway.Federations;
using Hearth.Testing;

namespace Hearth.Gateway.Tests.Federations;

public sealed class FederationActivityTests
{
    [Fact]
    public void Report_AfterRequests_TellsHowManyThereAreAndWhenTheLastWas()
    {
        var time = new ManualTimeProvider();
        var activity = new FederationActivity(time);
        activity.Note(new("ns", "fa"), 1);
        activity.Note(new("ns", "fa"), 1);
        time.Advance(TimeSpan.FromSeconds(5));
        var last = time.GetUtcNow();
        activity.Note(new("ns", "fa"), -1);
        time.Advance(TimeSpan.FromSeconds(5));

        var load = Assert.Single(activity.Report());

        Assert.Equal(("ns", "fa", 1, last), (load.Namespace, load.Name, load.Concurrency, load.LastActive));
    }
}
