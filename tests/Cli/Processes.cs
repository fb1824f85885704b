namespace Hearth.Cli.Tests;

/// <summary>Looks at processes that are no children of the test.</summary>
internal static class Processes
{
    /// <summary>Completes once the process is gone; a zombie is gone.</summary>
    public static Task WaitUntilGoneAsync(int id) => Wait.UntilAsync(() => !IsAlive(id), $"the end of process {id}", TimeSpan.FromSeconds(60));

    public static bool IsAlive(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }
}
