using System.Globalization;
using Hearth.Cli.Demos.Serving;
using Hearth.Compute;

namespace Hearth.Cli.Demos.Functions;

/// <summary>A raw little-endian tensor in a file: <c>FILE[,name=NAME][,shape=1x3x4]</c>.</summary>
/// <param name="Path">The file.</param>
/// <param name="Name">The model's input it is for; null for the first that no other file names.</param>
/// <param name="Shape">Its shape; null for the one that follows from the model and the file's length.</param>
internal sealed record InputFile(string Path, string? Name, TensorShape? Shape)
{
    /// <summary>Reads the argument of <c>--input</c>.</summary>
    /// <exception cref="CommandException">It is not of that form.</exception>
    public static InputFile Parse(string text)
    {
        var parts = text.Split(',');
        var input = new InputFile(parts[0], null, null);
        foreach (var part in parts.Skip(1))
        {
            input = part.Split('=', 2) switch
            {
                ["name", var name] => input with { Name = name },
                ["shape", var shape] => input with { Shape = ParseShape(shape) },
                _ => throw new CommandException($"--input \"{text}\": expected FILE, FILE,name=NAME or FILE,shape=1x3x4, not \"{part}\"."),
            };
        }
        return input;
    }

    /// <summary>Reads the files of a model's inputs, each once.</summary>
    /// <exception cref="CommandException">A file is missing or of the wrong length, or an input has none.</exception>
    public static IReadOnlyList<Tensor> ReadAll(IReadOnlyList<InputFile> files, IReadOnlyList<TensorSpec> specs)
    {
        var named = files.Where(f => f.Name is not null).ToDictionary(f => f.Name!);
        if (named.Keys.FirstOrDefault(n => specs.All(s => s.Name != n)) is { } unknown)
            throw new CommandException($"the model has no input \"{unknown}\"; it has {List(specs)}.");
        var unnamed = new Queue<InputFile>(files.Where(f => f.Name is null));
        var tensors = specs.Select(spec => Read(spec, named.GetValueOrDefault(spec.Name) ?? (unnamed.TryDequeue(out var next) ? next : null))).ToList();
        return unnamed.Count == 0
            ? tensors
            : throw new CommandException($"there are more --input files than inputs of the model, which are {List(specs)}.");
    }

    private static Tensor Read(TensorSpec spec, InputFile? file)
    {
        if (file is null)
            throw new CommandException($"the model's input \"{spec.Name}\" has no --input file.");
        if (!File.Exists(file.Path))
            throw new CommandException($"--input \"{file.Path}\" is not there.");
        var data = File.ReadAllBytes(file.Path);
        return new(spec.Name, spec.Type, file.Shape ?? spec.Resolve(data.Length), data);
    }

    private static TensorShape ParseShape(string text)
    {
        var dimensions = text.Split('x').Select(d => long.TryParse(d, CultureInfo.InvariantCulture, out var value) ? value : -1).ToArray();
        return TensorShape.TryCreate(dimensions, out var shape)
            ? shape
            : throw new CommandException($"shape \"{text}\" is none: expected numbers, as in 1x3x4.");
    }

    private static string List(IReadOnlyList<TensorSpec> specs) => string.Join(", ", specs.Select(s => $"\"{s.Name}\""));
}
