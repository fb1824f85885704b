using Spectre.Console;

namespace Hearth.Cli.Demos;

/// <summary>Pictures side by side, as many as a line holds, each above its caption.</summary>
internal static class PictureGrid
{
    private const int Columns = 18;

    /// <summary>Shows pictures.</summary>
    public static void Show(DemoScreen screen, IEnumerable<(Picture Picture, string Caption)> pictures)
    {
        foreach (var row in pictures.Chunk(Math.Max(1, screen.Width / Columns)))
        {
            var grid = new Grid();
            foreach (var _ in row)
                grid.AddColumn(new GridColumn().Width(Columns - 2).NoWrap());
            grid.AddRow([.. row.Select(r => new Text(string.Join('\n', r.Picture.Draw())))]);
            grid.AddRow([.. row.Select(r => new Text(r.Caption))]);
            screen.Show(grid);
        }
    }
}
