using System.Globalization;

namespace Hearth.Benchmarks.Round;

/// <summary>How large a round is measured.</summary>
/// <param name="Updates">Clients, one update each. ROUND_UPDATES.</param>
/// <param name="Elements">Elements of the model, about. ROUND_ELEMENTS.</param>
/// <param name="Nodes">Nodes with a leaf each, the first also the top's. ROUND_NODES.</param>
/// <param name="Rate">Updates a second that clients begin to send; 0 for all at once. ROUND_RATE.</param>
internal sealed record RoundSize(int Updates, int Elements, int Nodes, int Rate)
{
    // Inputs and classes of the model: two layers, the first nearly all of it.
    public const int Inputs = 2000;
    public const int Classes = 10;

    /// <summary>Width of the hidden layer.</summary>
    public int Hidden => (Elements - Classes) / (Inputs + 1 + Classes);

    /// <summary>Bytes of the model, as of each update.</summary>
    public long ModelBytes => (((long)Hidden * (Inputs + 1 + Classes)) + Classes) * sizeof(float);

    /// <summary>100 updates of a ResNet-18 to 2 nodes, or what the environment says.</summary>
    public static RoundSize FromEnvironment() => new(Read("ROUND_UPDATES", 100), Read("ROUND_ELEMENTS", 11_700_000), Read("ROUND_NODES", 2), Read("ROUND_RATE", 0));

    private static int Read(string name, int fallback) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) : fallback;
}
