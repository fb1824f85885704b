using System.CommandLine;
using Hearth.Kubernetes.Crds;

namespace Hearth.Cli.Commands;

/// <summary><c>hearth crds</c>: the definitions of Hearth's kinds, generated from their C# types.</summary>
internal static class CrdsCommand
{
    public static Command Create()
    {
        var directory = new Argument<DirectoryInfo?>("DIRECTORY")
        {
            Description = "Where to write one file for each kind. Without it they are printed, ready for kubectl apply.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command("crds", "Print the CustomResourceDefinitions, or write them as files.") { directory };
        command.SetAction(line =>
        {
            if (line.GetValue(directory) is { } target)
                Write(target);
            else
                Console.Write(string.Join("---\n", CrdManifests.All.Values));
            return ExitCodes.Success;
        });
        return command;
    }

    private static void Write(DirectoryInfo directory)
    {
        directory.Create();
        foreach (var (name, text) in CrdManifests.All)
            File.WriteAllText(Path.Combine(directory.FullName, name), text);
    }
}
