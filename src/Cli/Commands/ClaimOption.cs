using System.CommandLine;
using System.CommandLine.Parsing;

namespace Hearth.Cli.Commands;

/// <summary><c>--claim NAME=FOLDER</c>: folders of this machine that stand for PersistentVolumeClaims.</summary>
internal static class ClaimOption
{
    private const string Examples = "examples";

    /// <summary>The option. Left out, <c>examples</c> is the folder of that name in the current directory, if there is one.</summary>
    public static Option<Dictionary<string, string>> Create() => new("--claim")
    {
        Description = "A folder that pods find as the PersistentVolumeClaim of this name. Repeatable. Defaults to examples=./examples where that folder is.",
        HelpName = "NAME=FOLDER",
        AllowMultipleArgumentsPerToken = false,
        Arity = ArgumentArity.ZeroOrMore,
        DefaultValueFactory = _ => Directory.Exists(Examples) ? new() { [Examples] = Path.GetFullPath(Examples) } : [],
        CustomParser = Parse,
    };

    private static Dictionary<string, string> Parse(ArgumentResult result)
    {
        var claims = new Dictionary<string, string>();
        foreach (var text in result.Tokens.Select(token => token.Value))
        {
            if (text.Split('=', 2) is not [{ Length: > 0 } name, { Length: > 0 } folder])
                result.AddError($"--claim: \"{text}\" is not of the form NAME=FOLDER.");
            else if (!Directory.Exists(folder))
                result.AddError($"--claim: \"{folder}\" is no folder.");
            else if (!claims.TryAdd(name, Path.GetFullPath(folder)))
                result.AddError($"--claim: \"{name}\" is named twice.");
        }
        return claims;
    }
}
