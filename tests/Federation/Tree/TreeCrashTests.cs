using Xunit.Abstractions;

namespace Hearth.Federation.Tests.Tree;

/// <summary>
/// Random lives of a federation with leaves. Whatever dies: an acknowledged update is in exactly one manifest or reported as not included, and every model
/// is the average of its manifest's updates. <c>HEARTH_CRASH_SCHEDULES</c> asks for more than the usual thousand.
/// </summary>
public sealed class TreeCrashTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Federation_KilledAnywhere_LosesNothingAcknowledgedAndFoldsNothingTwice()
    {
        var schedules = int.Parse(Environment.GetEnvironmentVariable("HEARTH_CRASH_SCHEDULES") ?? "1000", null);
        var seed = new Random().Next();
        output.WriteLine($"{schedules} schedules from seed {seed}");
        var kills = 0;
        await Parallel.ForAsync(0, schedules, async (i, _) =>
        {
            using var schedule = new TreeCrashSchedule(unchecked(seed + i));
            try
            {
                await schedule.RunAsync();
            }
            catch (Exception e)
            {
                Assert.Fail($"Schedule of seed {unchecked(seed + i)}: {e}");
            }
            Interlocked.Add(ref kills, schedule.Kills);
        });
        Assert.True(kills > schedules, $"Only {kills} kills: the schedules do not test what they should.");
    }
}
