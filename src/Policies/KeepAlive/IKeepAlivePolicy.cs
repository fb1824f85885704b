namespace Hearth.Policies.KeepAlive;

/// <summary>Decides what becomes of a worker when its last request has ended.</summary>
public interface IKeepAlivePolicy
{
    /// <summary>Decides for the worker that is the <paramref name="rank"/>th (from 1) of its function to be used.</summary>
    /// <param name="history">Idle times of the function so far.</param>
    /// <param name="rank">Requests in flight, in workers, when this one was last in use. Work goes to the lowest free rank.</param>
    KeepAliveDecision Decide(IdleHistory history, int rank);
}
