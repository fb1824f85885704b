namespace Hearth.Transport.Doorbells;

/// <summary>How a process answers its door.</summary>
public sealed record DoorbellOptions
{
    /// <summary>Rings of one neighbour that may be unanswered at a time. The default is 64.</summary>
    public int Credits { get; init; } = 64;

    /// <summary>Neighbours at a time; more are turned away. The default is 64.</summary>
    public int MaxVisitors { get; init; } = 64;

    /// <summary>How long one who connects may take to say who it is, and the other to answer. The default is 10 seconds.</summary>
    public TimeSpan HelloTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Every fault, in words; empty when there is none.</summary>
    public IReadOnlyList<string> Validate()
    {
        var faults = new List<string>();
        if (Credits is < 1 or > ushort.MaxValue)
            faults.Add($"a doorbell has {Credits} credits: expected 1 to {ushort.MaxValue}");
        if (MaxVisitors < 1)
            faults.Add($"a doorbell takes {MaxVisitors} visitors: expected 1 or more");
        if (HelloTimeout <= TimeSpan.Zero)
            faults.Add($"a doorbell waits {HelloTimeout} for a hello: expected more than 0");
        return faults;
    }
}
