namespace Hearth.Transport.Shares;

/// <summary>How a process uses the share of its node.</summary>
public sealed record NodeShareOptions
{
    /// <summary>Bytes that all owners of the node together may take, in whole pages; all of them should say the same. The default is 1 GiB.</summary>
    public long Budget { get; init; } = 1L << 30;

    /// <summary>How long the sealed objects of an owner that has died are kept for another to adopt, before memory that is short takes them. The default is 15 minutes.</summary>
    public TimeSpan DeadOwnerGrace { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How long the memory of removed objects is kept, and counted, for this owner's next object of the same size, while nobody waits for memory; 0 keeps
    /// none. The default is 1 minute.</summary>
    public TimeSpan IdleTime { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Every fault, in words; empty when there is none.</summary>
    public IReadOnlyList<string> Validate()
    {
        var faults = new List<string>();
        if (Budget <= 0)
            faults.Add($"the budget of a node share is {Budget} bytes: expected more than 0");
        if (DeadOwnerGrace < TimeSpan.Zero)
            faults.Add($"the grace of dead owners is {DeadOwnerGrace}: expected 0 or more");
        if (IdleTime < TimeSpan.Zero)
            faults.Add($"idle memory is kept for {IdleTime}: expected 0 or more");
        return faults;
    }
}
