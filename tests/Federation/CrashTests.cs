using FsCheck;
using FsCheck.Fluent;

namespace Hearth.Federation.Tests;

/// <summary>
/// Random schedules of clients, rounds, deadlines, kills at any call to the disk, and aggregators that go on after another took over. Whatever happens:
/// an acknowledged update is in exactly one manifest or reported as not included, and every model is the average of its manifest's updates, bit for bit.
/// </summary>
public sealed class CrashTests
{
    [Theory]
    [InlineData("disk", 400)]
    [InlineData("bucket", 100)]
    public void Federation_KilledAnywhere_LosesNothingAcknowledgedAndFoldsNothingTwice(string storage, int schedules)
    {
        var kills = 0;
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var schedule = new CrashSchedule(seed, Storage(storage));
            schedule.RunAsync().GetAwaiter().GetResult();
            kills += schedule.Kills;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(schedules).WithEndSize(1_000_000));

        Assert.True(kills > schedules, $"Only {kills} kills: the schedules do not test what they should.");
    }

    [Theory]
    [InlineData("disk")]
    [InlineData("bucket")]
    public async Task Federation_KilledAtEveryCallInTurn_EndsTheSame(string storage)
    {
        // One schedule without chance, killed at its first call, its second, and so on until it ends unharmed.
        for (var step = 1; ; step++)
        {
            var schedule = new CrashSchedule(step, Storage(storage), killAt: step);
            await schedule.RunAsync();
            if (schedule.Kills == 0)
                return;
        }
    }

    private static ICrashStorage Storage(string kind) => kind == "disk" ? new CrashDisk() : new CrashBucket();
}
