namespace Hearth.Transport.Collectives;

/// <summary>Who a process is among those that compute together. All but the rank must be the same on every one of them.</summary>
/// <param name="Job">Uid of the job.</param>
/// <param name="Attempt">Number of the job's group of processes.</param>
/// <param name="Rank">Which of them this is, from 0.</param>
/// <param name="WorldSize">How many there are.</param>
/// <param name="Token">What only they know.</param>
public sealed record RingIdentity(string Job, int Attempt, int Rank, int WorldSize, string Token)
{
    internal int Next => (Rank + 1) % WorldSize;

    internal int Previous => (Rank + WorldSize - 1) % WorldSize;

    // The token is not for logs.
    private bool PrintMembers(System.Text.StringBuilder text)
    {
        text.Append($"Job = {Job}, Attempt = {Attempt}, Rank = {Rank}, WorldSize = {WorldSize}");
        return true;
    }
}
