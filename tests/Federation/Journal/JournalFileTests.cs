using Hearth.Federation.Journal;
using Hearth.Federation.Storage;

namespace Hearth.Federation.Tests.Journal;

public sealed class JournalFileTests
{
    private static readonly JournalRecord[] Records =
    [
        new JournalRecord.ModelPublished(0, "d0", new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)),
        new JournalRecord.RoundStarted(1, ["a", "b"], new DateTimeOffset(2026, 1, 1, 0, 1, 0, TimeSpan.Zero)),
        new JournalRecord.UpdateStored(1, "a", 400, "da", "rounds/1/updates/a"),
        new JournalRecord.UpdateDropped(1, "a", "da", "damaged"),
        new JournalRecord.RoundExtended(1, ["c"], new DateTimeOffset(2026, 1, 1, 0, 2, 0, TimeSpan.Zero)),
        new JournalRecord.RoundClosed(1, new DateTimeOffset(2026, 1, 1, 0, 3, 0, TimeSpan.Zero)),
        new JournalRecord.Finished(1),
    ];

    [Fact]
    public void Open_WhatWasAppended_ReadsTheSame()
    {
        var disk = Write(Records);

        var read = Read(disk);

        Assert.Equal(Records.Select(Text), read.Select(Text));
    }

    [Fact]
    public void Open_CutAnywhere_KeepsWhatStandsBeforeAndGoesOn()
    {
        var whole = Write(Records).Read(OutputLayout.Journal);
        for (var length = 0; length <= whole.Length; length++)
        {
            var disk = new CrashDisk();
            disk.Write(OutputLayout.Journal, whole[..length]);

            var kept = Read(disk);
            Append(disk, new JournalRecord.Finished(7));

            Assert.Equal(whole.AsSpan(0, length).Count((byte)'\n'), kept.Count);
            Assert.Equal([.. kept.Select(Text), Text(new JournalRecord.Finished(7))], Read(disk).Select(Text));
        }
    }

    [Fact]
    public void Open_LastRecordDamaged_DropsIt()
    {
        var disk = Write(Records);
        disk.Read(OutputLayout.Journal)[^10] ^= 1;

        Assert.Equal(Records.Length - 1, Read(disk).Count);
    }

    [Fact]
    public void Open_RecordBeforeTheLastDamaged_IsRefused()
    {
        var disk = Write(Records);
        disk.Read(OutputLayout.Journal)[40] ^= 1;

        var e = Assert.Throws<OutputException>(() => Read(disk));

        Assert.Equal("'journal.log' in 'disk' is damaged at byte 0, with sound records behind. Restore the directory from a copy, or choose another output.uri.", e.Message);
    }

    private static string Text(JournalRecord record) =>
        System.Text.Json.JsonSerializer.Serialize(record, FederationJsonContext.Compact.JournalRecord);

    private static CrashDisk Write(params JournalRecord[] records)
    {
        var disk = new CrashDisk();
        Append(disk, records);
        return disk;
    }

    private static void Append(CrashDisk disk, params JournalRecord[] records)
    {
        using var journal = JournalFile.Open(disk).Journal;
        foreach (var record in records)
            journal.Append(record);
    }

    private static IReadOnlyList<JournalRecord> Read(CrashDisk disk)
    {
        var (journal, records) = JournalFile.Open(disk);
        journal.Dispose();
        return records;
    }
}
