using System.Globalization;
using Hearth.Transport.Doorbells;
using Hearth.Transport.Shares;

namespace Hearth.Transport.Tests;

/// <summary>What a neighbour does: one line in, one line out.</summary>
internal static class NeighbourLoop
{
    public static async Task<int> RunAsync(string[] args)
    {
        using var share = NodeShare.Open(args[0], args[1], new() { Budget = long.Parse(args[2], CultureInfo.InvariantCulture) }, TimeProvider.System);
        var held = new List<IDisposable>();
        while (await Console.In.ReadLineAsync() is { } line)
            Console.Out.WriteLine(await AnswerAsync(share, held, line.Split(' ')));
        return 0;
    }

    private static async Task<string> AnswerAsync(NodeShare share, List<IDisposable> held, string[] words)
    {
        try
        {
            switch (words)
            {
                case ["create", var name, var length]:
                    held.Add(await share.CreateAsync(name, long.Parse(length, CultureInfo.InvariantCulture), default));
                    return "created";
                case ["wait", var name, var length]:
                    // Answered when it waits, not when it is served.
                    _ = share.CreateAsync(name, long.Parse(length, CultureInfo.InvariantCulture), default);
                    return "waiting";
                case ["write", var value]:
                    ((ShareDraft)held[^1]).Buffer.AsSpan().Fill(byte.Parse(value, CultureInfo.InvariantCulture));
                    return "written";
                case ["seal"]:
                    held.Add(((ShareDraft)held[^1]).Seal());
                    return "sealed";
                case ["open", var owner, var name]:
                    var opened = share.Open(owner, name);
                    held.Add(opened);
                    return $"sum {opened.Buffer.AsSpan().ToArray().Sum(value => (long)value)}";
                case ["remove", var name]:
                    return $"removed {share.Remove(name)}";
                case ["bind"]:
                    _ = DoorbellListener.Bind(share, new(), TimeProvider.System);
                    return "bound";
                case ["ring", var owner]:
                    _ = await Doorbell.ConnectAsync(share, owner, new(), TimeProvider.System, default);
                    return "connected";
                case ["close"]:
                    held[^1].Dispose();
                    held.RemoveAt(held.Count - 1);
                    return "closed";
                default:
                    return "what?";
            }
        }
        catch (ShareException e)
        {
            return $"{e.Fault}: {e.Message}";
        }
    }
}
