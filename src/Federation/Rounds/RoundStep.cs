namespace Hearth.Federation.Rounds;

/// <summary>What an aggregator does next.</summary>
internal abstract record RoundStep
{
    /// <summary>Nothing, until something happens or that time comes.</summary>
    public sealed record Wait(DateTimeOffset? Until) : RoundStep;

    /// <summary>Begin a round.</summary>
    public sealed record Start(IReadOnlyList<string> Selected, DateTimeOffset Deadline) : RoundStep;

    /// <summary>Give the round more time and clients.</summary>
    public sealed record Extend(IReadOnlyList<string> Selected, DateTimeOffset Deadline) : RoundStep;

    /// <summary>Fold updates that have not been folded.</summary>
    public sealed record Fold : RoundStep;

    /// <summary>Take no more updates.</summary>
    public sealed record Close : RoundStep;

    /// <summary>Make the folded updates a model and publish it.</summary>
    public sealed record Commit : RoundStep;

    /// <summary>Lay out the final model.</summary>
    public sealed record Finish : RoundStep;

    /// <summary>Nothing any more.</summary>
    public sealed record Done : RoundStep;
}
