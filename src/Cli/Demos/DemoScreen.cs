using Spectre.Console;
using Spectre.Console.Rendering;

namespace Hearth.Cli.Demos;

/// <summary>What a demo shows: live on a terminal, plain text anywhere else.</summary>
internal sealed class DemoScreen(IAnsiConsole console, TimeProvider time)
{
    private const int PlainWidth = 120;
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(200);

    /// <summary>The screen of this process's standard output.</summary>
    public static DemoScreen Create(TimeProvider time)
    {
        var isPlain = Console.IsOutputRedirected;
        var console = AnsiConsole.Create(isPlain
            ? new() { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.No }
            : new());
        if (isPlain)
            console.Profile.Width = PlainWidth;
        return new(console, time);
    }

    /// <summary>Columns of a line.</summary>
    public int Width => console.Profile.Width;

    /// <summary>The title of a demo.</summary>
    public void Title(string title)
    {
        console.WriteLine();
        console.Write(new Rule($"[bold]{Markup.Escape(title)}[/]") { Border = BoxBorder.Double });
    }

    /// <summary>A heading.</summary>
    public void Step(string title) => console.Write(new Rule($"[bold]{Markup.Escape(title)}[/]").LeftJustified());

    /// <summary>A line, as long as it is: what is to be copied must not be broken.</summary>
    public void Say(string text) => console.Profile.Out.Writer.WriteLine(text);

    /// <summary>A table or the like.</summary>
    public void Show(IRenderable content) => console.Write(content);

    /// <summary>Shows <paramref name="render"/>'s view: again and again while <paramref name="work"/> runs on a terminal, else once after it.</summary>
    public async Task WatchAsync(Func<CancellationToken, Task<IRenderable>> render, Func<Task> work, CancellationToken cancel)
    {
        if (!console.Profile.Capabilities.Interactive)
        {
            await work();
            console.Write(await render(cancel));
            return;
        }
        await console.Live(await render(cancel)).StartAsync(async live =>
        {
            var working = work();
            while (!working.IsCompleted)
            {
                await Task.WhenAny(working, Task.Delay(Refresh, time, cancel));
                live.UpdateTarget(await render(cancel));
            }
            await working;
        });
    }
}
