namespace Hearth.Policies.Aggregation;

/// <summary>A node that aggregators may run on.</summary>
/// <param name="Name">The node.</param>
/// <param name="Capacity">Updates that its aggregators can be sent at once before each takes longer (LIFL's MC).</param>
/// <param name="Load">Of those, what others have there: by Little's law their arrivals a second times the seconds that one takes (k·E).</param>
/// <param name="Idle">Workers that can be had there at once.</param>
public readonly record struct AggregatorNode(string Name, double Capacity, double Load = 0, int Idle = 0);
