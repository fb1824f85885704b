namespace Hearth.Policies.Revisions;

/// <summary>Deals requests out by percent: of every hundred in a row, each share has exactly its own.</summary>
/// <remarks>
/// Request n goes to point 61·n mod 100 of the shares laid end to end. 61 and 100 have no common factor, so a hundred requests meet each point once, and neighbours are far
/// apart (0.61 is near the golden section): a share of 10 has one request of about every ten, not ten in a row.
/// </remarks>
public static class TrafficSplit
{
    private const int Hundred = 100;
    private const int Step = 61;

    /// <summary>Index of the share that request number <paramref name="n"/> goes to; the last one when the shares fall short of a hundred.</summary>
    /// <param name="shares">Percents in order.</param>
    /// <param name="n">Number of the request, from any start.</param>
    public static int Choose(ReadOnlySpan<int> shares, uint n)
    {
        var point = (int)(n % Hundred * Step % Hundred);
        var last = 0;
        for (var i = 0; i < shares.Length; i++)
        {
            if (point < shares[i])
                return i;
            point -= shares[i];
            if (shares[i] > 0)
                last = i;
        }
        return last;
    }
}
