namespace Hearth.Policies.KeepAlive;

/// <summary>Always the same time: OpenWhisk's and Lambda's ten minutes, Huawei's one.</summary>
/// <param name="duration">The time.</param>
public sealed class FixedKeepAlive(TimeSpan duration) : IKeepAlivePolicy
{
    /// <inheritdoc/>
    public KeepAliveDecision Decide(IdleHistory history, int rank) => new(duration);
}
