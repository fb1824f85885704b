namespace Hearth.Policies.Scaling;

/// <summary>What Knative's autoscaler remembers.</summary>
/// <param name="PanicSince">When panic began or was last confirmed; null while it is calm.</param>
/// <param name="PanicPods">Most pods wanted in this panic.</param>
/// <param name="Recent">Numbers wanted within the scale-down delay, each greater than all after it, oldest first.</param>
public sealed record KnativeState(DateTimeOffset? PanicSince, int PanicPods, IReadOnlyList<(DateTimeOffset Time, int Pods)> Recent)
{
    /// <summary>A calm start.</summary>
    public static KnativeState Calm { get; } = new(null, 0, []);

    /// <summary>
    /// The start of a new autoscaler that finds <paramref name="ready"/> pods: in panic where there is more than one, so that a lost history removes none.
    /// </summary>
    public static KnativeState Found(int ready, DateTimeOffset now) => ready > 1 ? new(now, ready, []) : Calm;
}
