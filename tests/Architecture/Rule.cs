namespace Hearth.Architecture.Tests;

/// <summary>Turns what breaks a rule into a readable failure.</summary>
internal static class Rule
{
    /// <summary>Fails with every offence, one on a line.</summary>
    public static void Holds(string rule, IEnumerable<string> offences)
    {
        var found = offences.ToList();
        if (found.Count > 0)
            Assert.Fail($"{rule}. Offences:\n  {string.Join("\n  ", found)}");
    }
}
