using System.Text.Json;

namespace Hearth.Cli.Demos;

/// <summary>What a demo's <c>--report</c> writes.</summary>
internal abstract record DemoReport
{
    /// <summary>Writes the report as JSON.</summary>
    public void Write(string path)
    {
        using var file = File.Create(path);
        JsonSerializer.Serialize(file, this, GetType(), DemoReportJson.Default);
    }
}
