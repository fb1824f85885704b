using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Hearth.Cli.Devices;
using Hearth.Compute.Devices;

namespace Hearth.Cli.Commands;

/// <summary><c>hearth devices</c>: the accelerators of this machine, and why one is not there.</summary>
internal static class DevicesCommand
{
    private const string Text = "text";
    private const string Json = "json";

    public static Command Create()
    {
        var output = new Option<string>("--output", "-o") { Description = "How they are printed.", DefaultValueFactory = _ => Text }
            .AcceptOnlyFromAmong(Text, Json);
        var warm = new Option<bool>("--warm") { Description = "Open each, make its kernels ready, and say how long that took. The next start finds them compiled." };
        var command = new Command("devices", "List the accelerators of this machine, and why one cannot be used.") { output, warm };
        command.SetAction(line =>
        {
            var reports = AcceleratorCatalog.List().Select(device => DeviceReport.Of(device, line.GetValue(warm), TimeProvider.System)).ToList();
            if (line.GetValue(output) == Json)
                Console.WriteLine(JsonSerializer.Serialize(reports, DeviceReportJson.Default.ListDeviceReport));
            else
                Print(reports);
            return ExitCodes.Success;
        });
        return command;
    }

    private static void Print(IEnumerable<DeviceReport> reports)
    {
        foreach (var report in reports)
        {
            var name = report.Name ?? "none";
            var memory = string.Create(CultureInfo.InvariantCulture, $"{report.MemoryBytes / (double)(1 << 30):0.0} GiB");
            Console.WriteLine(report.Name is null ? $"{report.Type,-7} {name}" : $"{report.Type,-7} {name}, {memory}: {string.Join(", ", report.Capabilities)}");
            if (report.Missing is { } missing)
                Console.WriteLine($"        not usable: {missing}");
            if (report.Start is { } start)
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"        opened in {start.ContextMs:0.0} ms, kernels ready {start.KernelsMs:0.0} ms later"));
        }
    }
}
